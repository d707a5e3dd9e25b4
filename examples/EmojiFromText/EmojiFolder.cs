using System.Security.Cryptography;
using System.Text;

namespace EmojiFromText;

/// <summary>A folder of 64x64 emoji with a table <c>labels.tsv</c>, in a part to learn and a part held out.</summary>
/// <param name="Training">What the generator and the trunk of the judge learn.</param>
/// <param name="HeldOut">What neither of them has seen.</param>
internal sealed record EmojiFolder(IReadOnlyList<Emoji> Training, IReadOnlyList<Emoji> HeldOut)
{
    // One of this many file names is held out.
    private const int HeldOutShare = 10;

    /// <summary>Gets all of them.</summary>
    public IReadOnlyList<Emoji> All => [.. Training, .. HeldOut];

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The images and <c>labels.tsv</c>.</param>
    /// <param name="samples">Images that are held out whatever their names in the folder: the first stage has not seen them.</param>
    public static EmojiFolder Read(string folder, string samples)
    {
        var unseen = Directory.GetFiles(samples, "*.png").Select(ContentHash).ToHashSet(StringComparer.Ordinal);
        var rows = File.ReadLines(Path.Combine(folder, "labels.tsv")).Skip(1).Select(line => line.Split('\t'))
            .Select(row => new Emoji(Path.Combine(folder, row[0]), row[2], row[3], row[4]))
            .ToLookup(emoji => IsHeldOut(Path.GetFileName(emoji.Path)) || unseen.Contains(ContentHash(emoji.Path)));
        return new EmojiFolder([.. rows[false]], [.. rows[true]]);
    }

    // The rule by which the trunk's training held images out: a name's hash, and not its place in the folder.
    private static bool IsHeldOut(string name) => SHA256.HashData(Encoding.UTF8.GetBytes(name))[0] % HeldOutShare == 0;

    private static string ContentHash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
}
