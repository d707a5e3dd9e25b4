using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Labelling;
using LdmMl.Files;

namespace LdmMl.Cli.Commands;

/// <summary>The options for the label or captions of image files, and for the labels to use.</summary>
internal static class LabelOptions
{
    private static readonly Option<FileInfo?> Labels = new("--labels")
    {
        Description = "A table (separated by tabs, commas or semicolons) with the label of each image file.",
    };
    private static readonly Option<string?> Column = new("--label-column")
    {
        Description = "The column of --labels to use, by its name in the first line; by default 'label', or else the second column.", HelpName = "NAME",
    };
    private static readonly Option<bool> Folders = new("--label-folders")
    {
        Description = "Use the subfolders of --images as labels of the images in them (ImageFolder layout), instead of --labels.",
    };
    private static readonly Option<string[]> Only = new("--only")
    {
        Description = "Train only on images with these labels.",
        HelpName = "LABEL...",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private static readonly OptionTerms Terms = new() { { "labelColumn", Column } };

    /// <summary>Gets all of them, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Labels, Column, Folders, Only, CaptionOptions.File];

    /// <summary>Lists the images of two folders with their labels or captions.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="images">The images to learn.</param>
    /// <param name="validation">The images to measure the progress on; null for none.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="InvalidDataException">An image has no label or caption, or a label that no training image has.</exception>
    public static (LabelledFiles Training, LabelledFiles? Validation) FindFiles(
        ParseResult parsed, ImageFolder images, ImageFolder? validation)
    {
        CheckTogether(parsed);
        if (CaptionOptions.Table(parsed) is { } captions)
            return (LabelledFiles.Of(images, captions), validation is null ? null : LabelledFiles.Of(validation, captions));
        var table = parsed.GetValue(Labels) is { } file ? Read(file, parsed.GetValue(Column)) : null;
        var training = Label(parsed, images, table);
        if (validation is null)
            return (training, null);
        var held = Label(parsed, validation, table);
        var unknown = held.Names?.Except(training.Names!).FirstOrDefault();
        return unknown is null
            ? (training, held)
            : throw new InvalidDataException(
                $"Validation images have the label '{unknown}', which no image of --images has; choose labels with --only.");
    }

    private static void CheckTogether(ParseResult parsed)
    {
        var (table, folders) = (parsed.GetValue(Labels), parsed.GetValue(Folders));
        if (table is not null && folders)
            throw new ArgumentException("--labels and --label-folders both give the labels; use only one of them.");
        if (parsed.GetResult(CaptionOptions.File) is not null && (table is not null || folders))
            throw new ArgumentException($"--captions and {(folders ? "--label-folders" : "--labels")} are both given; a model learns captions or labels.");
        if (table is null && parsed.GetValue(Column) is not null)
            throw new ArgumentException("--label-column needs a table of labels; give --labels as well.");
        if (table is null && !folders && parsed.GetRequiredValue(Only).Length > 0)
            throw new ArgumentException("--only needs labels; give --labels or --label-folders as well.");
    }

    private static LabelledFiles Label(ParseResult parsed, ImageFolder folder, LabelTable? table)
    {
        var files = table is not null
            ? LabelledFiles.Of(folder, table)
            : parsed.GetValue(Folders) ? LabelledFiles.ByFolder(folder) : LabelledFiles.Without(folder);
        return files.Only(parsed.GetRequiredValue(Only));
    }

    private static LabelTable Read(FileInfo file, string? column) => file.Exists
        ? Terms.Run(() => LabelTable.Read(file, column))
        : throw new FileNotFoundException($"--labels names '{file}', which does not exist.");
}
