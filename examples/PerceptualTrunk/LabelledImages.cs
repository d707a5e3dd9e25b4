using System.Security.Cryptography;
using System.Text;

namespace PerceptualTrunk;

/// <summary>
/// A folder of 64x64 emoji with a table <c>labels.tsv</c> (file, category, subcategory, ...), split into a training set and a held-out set.
/// </summary>
internal sealed class LabelledImages
{
    // One in this many file names is held out.
    private const int HeldOutShare = 10;

    private LabelledImages(List<LabelledImage> training, List<LabelledImage> heldOut, int categories, int subcategories)
    {
        Training = training;
        HeldOut = heldOut;
        (Categories, Subcategories) = (categories, subcategories);
    }

    public List<LabelledImage> Training { get; }

    public List<LabelledImage> HeldOut { get; }

    public int Categories { get; }

    public int Subcategories { get; }

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The images and <c>labels.tsv</c>.</param>
    /// <param name="samples">Images that are held out wherever they are in the folder, whatever their names.</param>
    public static LabelledImages Read(string folder, string samples)
    {
        var unseen = Directory.GetFiles(samples, "*.png").Select(ContentHash).ToHashSet(StringComparer.Ordinal);
        var rows = File.ReadLines(Path.Combine(folder, "labels.tsv")).Skip(1).Select(line => line.Split('\t')).ToArray();
        var categories = Numbers(rows.Select(row => row[1]));
        var subcategories = Numbers(rows.Select(row => row[2]));
        var paths = rows.Select(row => Path.Combine(folder, row[0])).ToArray();

        var training = new List<LabelledImage>();
        var heldOut = new List<LabelledImage>();
        foreach (var (row, path, image) in rows.Zip(paths, ImageFiles.Read(paths)))
        {
            var labelled = new LabelledImage(row[0], image.Pixels, image.Layout, categories[row[1]], subcategories[row[2]]);
            (IsHeldOut(row[0]) || unseen.Contains(ContentHash(path)) ? heldOut : training).Add(labelled);
        }
        return new LabelledImages(training, heldOut, categories.Count, subcategories.Count);
    }

    // By a hash of the name, not by the place in the folder, so that images added later move none from one part to the other.
    private static bool IsHeldOut(string name) => SHA256.HashData(Encoding.UTF8.GetBytes(name))[0] % HeldOutShare == 0;

    private static string ContentHash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    private static Dictionary<string, int> Numbers(IEnumerable<string> names) =>
        names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select((name, number) => (name, number)).ToDictionary(pair => pair.name, pair => pair.number);
}
