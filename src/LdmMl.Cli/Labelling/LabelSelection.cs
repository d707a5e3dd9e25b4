using LdmMl.Cli.Arguments;
using LdmMl.Files;

namespace LdmMl.Cli.Labelling;

/// <summary>Chooses files by their labels, for <c>--only</c>.</summary>
internal static class LabelSelection
{
    /// <summary>Leaves out files of labels that are not wanted.</summary>
    /// <param name="files">The files.</param>
    /// <param name="wanted">The labels that are wanted, in any case; all where it is empty.</param>
    /// <exception cref="InvalidDataException">No file has a wanted label.</exception>
    public static LabelledFiles Only(this LabelledFiles files, IReadOnlyList<string> wanted)
    {
        if (wanted.Count == 0 || files.Names is not { } known)
            return files;
        return files.Keep(wanted.Select(label => Known(label, known)).ToHashSet());
    }

    private static string Known(string label, IReadOnlyList<string> known) => LabelNames.Find(label, known) ?? throw new InvalidDataException(
        $"--only is '{label}', which no image has; the labels are {string.Join(", ", known.Select(name => $"'{name}'"))}."
        + Suggestion.For(label, known));
}
