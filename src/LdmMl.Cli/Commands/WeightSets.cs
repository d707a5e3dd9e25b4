using LdmMl.Cli.Output;
using LdmMl.Torch.Checkpoints.Published;

namespace LdmMl.Cli.Commands;

/// <summary>The names under which published files are requested: what is needed together, or a file by its own name.</summary>
internal static class WeightSets
{
    private const string Everything = "all";

    private static readonly (string Name, PublishedFile[] Files)[] Sets =
    [
        ("vgg", [PublishedFiles.Vgg16, PublishedFiles.LpipsVgg]),
        ("alex", [PublishedFiles.AlexNet, PublishedFiles.LpipsAlex]),
        ("squeeze", [PublishedFiles.SqueezeNet11, PublishedFiles.LpipsSqueeze]),
        ("inception", [PublishedFiles.Inception]),
        (Everything, [.. PublishedFiles.All]),
    ];

    /// <summary>The nets of LPIPS, each with its trunk and its heads.</summary>
    public static IReadOnlyDictionary<string, (PublishedFile Trunk, PublishedFile Heads)> LpipsNets { get; } =
        Sets.Take(3).ToDictionary(set => set.Name, set => (set.Files[0], set.Files[1]));

    public static string[] Names { get; } = [.. Sets.Select(set => set.Name).Union(PublishedFiles.All.Select(file => file.Name))];

    /// <summary>Gets the files of names, each once; of no name, every file.</summary>
    public static PublishedFile[] FilesOf(IReadOnlyCollection<string> names) =>
        [.. (names.Count == 0 ? [Everything] : names).SelectMany(FilesOf).Distinct()];

    /// <summary>Describes the sets with their sizes, for the help.</summary>
    public static string Description() =>
        string.Join(", ", Sets.Select(set => $"{set.Name} ({ByteSize.Of(set.Files.Sum(file => file.Length))})"));

    private static IEnumerable<PublishedFile> FilesOf(string name) =>
        Sets.Where(set => set.Name == name).SelectMany(set => set.Files).Union(PublishedFiles.All.Where(file => file.Name == name));
}
