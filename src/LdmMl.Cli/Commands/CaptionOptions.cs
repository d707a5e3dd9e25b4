using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Files;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary>The options that say which captions an image file has, and shape the text encoder that learns to read them.</summary>
internal static class CaptionOptions
{
    private static readonly TextEncoderTrainingOptions Default = new();

    private static readonly Option<FileInfo?> Captions = new("--captions")
    {
        Description = "A table of image files and their captions, separated by tabs or commas, or JSON objects with file_name and text on lines (.jsonl); "
            + "of several captions of a file one is drawn each time. A text encoder learns to read them, instead of labels.",
        HelpName = "FILE",
    };

    private static readonly Option<int> Width = Values.Whole(
        "--text-width", "The numbers of a token of the text encoder, a multiple of --text-heads.", Default.Width);
    private static readonly Option<int> Layers = Values.Whole("--text-layers", "The blocks of the text encoder.", Default.Layers);
    private static readonly Option<int> Heads = Values.Whole("--text-heads", "The heads of its attention.", Default.Heads);
    private static readonly Option<int> Tokens = Values.Whole(
        "--text-tokens", "How many tokens a caption has, begin and end among them; longer ones are cut.", Default.Tokens, least: 3);
    private static readonly Option<int> Vocabulary = Values.Whole(
        "--vocabulary", "How many word pieces the text encoder knows at most; they are made from the captions.", Default.VocabularySize);

    /// <summary>Gets the option that names the captions.</summary>
    public static Option File => Captions;

    /// <summary>Gets the options of the text encoder, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> Encoder { get; } = [Width, Layers, Heads, Tokens, Vocabulary];

    /// <summary>Gets what the library calls the options.</summary>
    public static OptionTerms Terms { get; } = new()
    {
        { nameof(Default.Width), Width }, { nameof(Default.Layers), Layers }, { nameof(Default.Heads), Heads }, { nameof(Default.Tokens), Tokens },
        { nameof(Default.VocabularySize), Vocabulary },
    };

    /// <summary>Reads the table; null where none is given.</summary>
    /// <exception cref="ArgumentException">There are labels, too, or something about a text encoder that is not to be trained.</exception>
    /// <exception cref="InvalidDataException">A line is not a file and its captions.</exception>
    public static CaptionTable? Table(ParseResult parsed)
    {
        if (parsed.GetValue(Captions) is { } file)
        {
            return file.Exists
                ? CaptionTable.Read(file)
                : throw new FileNotFoundException($"--captions names '{file}', which is not there.");
        }

        var vain = Encoder.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });
        return vain is null ? null : throw new ArgumentException($"{vain.Name} is about captions, but there are none; give --captions as well.");
    }

    /// <summary>Reads the shape of the text encoder.</summary>
    public static TextEncoderTrainingOptions Read(ParseResult parsed) => new()
    {
        Width = parsed.GetValue(Width), Layers = parsed.GetValue(Layers), Heads = parsed.GetValue(Heads), Tokens = parsed.GetValue(Tokens),
        VocabularySize = parsed.GetValue(Vocabulary),
    };
}
