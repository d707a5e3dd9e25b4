using LdmMl.Files;

namespace LdmMl.Cli.Pipelines;

/// <summary>The images of two folders, paired by their names relative to them.</summary>
/// <param name="Pairs">Both files of each name that both folders have, in the order of the names.</param>
/// <param name="WithoutCandidate">Names in the reference folder alone.</param>
/// <param name="WithoutReference">Names in the candidate folder alone.</param>
internal sealed record ImagePairs(IReadOnlyList<ImagePair> Pairs, IReadOnlyList<string> WithoutCandidate, IReadOnlyList<string> WithoutReference)
{
    /// <summary>Pairs equal names first, then those that differ in the kind of file alone, such as photo.jpg, photo.webp, photo.jpg.png.</summary>
    /// <exception cref="FileNotFoundException">No name is in both.</exception>
    public static ImagePairs Find(ImageFolder reference, ImageFolder candidate)
    {
        var (left, right) = (reference.Names, candidate.Names);
        var same = left.Intersect(right).ToHashSet();
        var candidates = ByStem(right.Except(same));
        var pairs = same.Select(name => (Reference: name, Candidate: name))
            .Concat(ByStem(left.Except(same)).Where(pair => candidates.ContainsKey(pair.Key))
                .Select(pair => (Reference: pair.Value, Candidate: candidates[pair.Key])))
            .OrderBy(pair => pair.Reference, StringComparer.Ordinal)
            .ToArray();
        if (pairs.Length == 0)
        {
            throw new FileNotFoundException(
                $"No image in '{reference.Folder}' has a counterpart with the same name in '{candidate.Folder}': " +
                $"the first of {left.Count} there is '{left[0]}', the first of {right.Count} here '{right[0]}'.");
        }

        return new(
            [.. pairs.Select(pair => new ImagePair(
                pair.Reference, Path.Combine(reference.Folder.FullName, pair.Reference), Path.Combine(candidate.Folder.FullName, pair.Candidate)))],
            [.. left.Except(pairs.Select(pair => pair.Reference))],
            [.. right.Except(pairs.Select(pair => pair.Candidate))]);
    }

    // A name that fits two files is no match.
    private static Dictionary<string, string> ByStem(IEnumerable<string> names) =>
        names.GroupBy(ImageFolder.Stem).Where(group => group.Count() == 1).ToDictionary(group => group.Key, group => group.First());
}
