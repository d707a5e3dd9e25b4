using System.Security.Cryptography;
using System.Text;

namespace EmojiGeneration;

/// <summary>A folder of 64x64 emoji with a table <c>labels.tsv</c> (file, category, ...), split into a training set and a held-out set.</summary>
/// <param name="Training">The images on which the generator, the judge and the judge's trunk are trained.</param>
/// <param name="HeldOut">The images that none of them has seen.</param>
internal sealed record EmojiFolder(EmojiImages Training, EmojiImages HeldOut)
{
    // One in this many file names is held out.
    private const int HeldOutShare = 10;

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The images and <c>labels.tsv</c>.</param>
    /// <param name="samples">Images that are held out whatever their names in the folder: the first stage has not seen them.</param>
    public static EmojiFolder Read(string folder, string samples)
    {
        var unseen = Directory.GetFiles(samples, "*.png").Select(ContentHash).ToHashSet(StringComparer.Ordinal);
        var rows = File.ReadLines(Path.Combine(folder, "labels.tsv")).Skip(1).Select(line => line.Split('\t'))
            .Select(row => (Path: Path.Combine(folder, row[0]), Category: row[1]))
            .ToLookup(row => IsHeldOut(Path.GetFileName(row.Path)) || unseen.Contains(ContentHash(row.Path)));
        return new EmojiFolder(EmojiImages.Read([.. rows[false]]), EmojiImages.Read([.. rows[true]]));
    }

    // The same rule as in the trunk's training: by a hash of the name, not by the place in the folder.
    private static bool IsHeldOut(string name) => SHA256.HashData(Encoding.UTF8.GetBytes(name))[0] % HeldOutShare == 0;

    private static string ContentHash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
}
