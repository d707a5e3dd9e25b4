using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Files;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary>The options for the captions of image files, and for the text encoder that is trained on them.</summary>
internal static class CaptionOptions
{
    private static readonly TextEncoderTrainingOptions Default = new();

    private static readonly Option<FileInfo?> Captions = new("--captions")
    {
        Description = "A table of image files and their captions, separated by tabs or commas, or JSON Lines with file_name and text (.jsonl); "
            + "if a file has several captions, one is drawn each time. A text encoder is trained on them; instead of labels.",
        HelpName = "FILE",
    };

    private static readonly Option<int> Width = Values.Whole(
        "--text-width", "The width of the text encoder, a multiple of --text-heads.", Default.Width);
    private static readonly Option<int> Layers = Values.Whole("--text-layers", "The number of blocks of the text encoder.", Default.Layers);
    private static readonly Option<int> Heads = Values.Whole("--text-heads", "The number of attention heads of the text encoder.", Default.Heads);
    private static readonly Option<int> Tokens = Values.Whole(
        "--text-tokens", "The number of tokens of a caption, including begin and end; longer captions are truncated.", Default.Tokens, least: 3);
    private static readonly Option<int> Vocabulary = Values.Whole(
        "--vocabulary", "The largest number of word pieces in the vocabulary, which is built from the captions.", Default.VocabularySize);

    /// <summary>Gets the option that names the captions.</summary>
    public static Option File => Captions;

    /// <summary>Gets the options of the text encoder, in the order in which help shows them.</summary>
    public static IReadOnlyList<Option> Encoder { get; } = [Width, Layers, Heads, Tokens, Vocabulary];

    /// <summary>Gets the names of the options in the library.</summary>
    public static OptionTerms Terms { get; } = new()
    {
        { nameof(Default.Width), Width }, { nameof(Default.Layers), Layers }, { nameof(Default.Heads), Heads }, { nameof(Default.Tokens), Tokens },
        { nameof(Default.VocabularySize), Vocabulary },
    };

    /// <summary>Reads the table; null if none is given.</summary>
    /// <exception cref="ArgumentException">There are labels too, or options of a text encoder that is not trained.</exception>
    /// <exception cref="InvalidDataException">A line does not name a file and its captions.</exception>
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
