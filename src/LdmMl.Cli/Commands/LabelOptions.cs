using System.CommandLine;
using LdmMl.Cli.Labelling;
using LdmMl.Cli.Pipelines;

namespace LdmMl.Cli.Commands;

/// <summary>The options that say which label an image file has, and which labels count.</summary>
internal static class LabelOptions
{
    private static readonly Option<FileInfo?> Labels = new("--labels")
    {
        Description = "A table of tab-separated or comma-separated values that says which label each image file has.", HelpName = "FILE",
    };
    private static readonly Option<string?> Column = new("--label-column")
    {
        Description = "The column of --labels that counts, by its name in the first line; without it 'label', or else the second.",
    };
    private static readonly Option<string[]> Only = new("--only")
    {
        Description = "Learn the images of these labels alone.",
        HelpName = "LABEL",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    /// <summary>Gets all of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Labels, Column, Only];

    /// <summary>Lists the images of two folders with their labels.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="images">The images to learn.</param>
    /// <param name="validation">The images that are not learnt; null for none.</param>
    /// <exception cref="InvalidDataException">An image has no label, or one that no image to learn has.</exception>
    public static (LabelledFiles Learnt, LabelledFiles? Held) FindFiles(ParseResult parsed, DirectoryInfo images, DirectoryInfo? validation)
    {
        var (column, only) = (parsed.GetValue(Column), parsed.GetRequiredValue(Only));
        if (parsed.GetValue(Labels) is null && (column is not null || only.Length > 0))
            throw new ArgumentException("--label-column and --only are about labels, but there are none; give --labels, too.");
        var table = parsed.GetValue(Labels) is { } file ? LabelFile.Read(file, column) : null;
        var learnt = LabelledFiles.Of(ImageFiles.List(images), table, only);
        if (validation is null)
            return (learnt, null);
        var held = LabelledFiles.Of(ImageFiles.List(validation), table, only);
        var unknown = held.Names?.Except(learnt.Names!).FirstOrDefault();
        return unknown is null
            ? (learnt, held)
            : throw new InvalidDataException(
                $"Validation images have the label '{unknown}', which no image of --images has; choose labels with --only.");
    }
}
