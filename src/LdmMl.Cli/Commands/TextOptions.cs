using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Text;

namespace LdmMl.Cli.Commands;

/// <summary>The options of how a model's text encoder is opened.</summary>
internal static class TextOptions
{
    private static readonly TextEncoderLoadOptions Usual = new();
    private static readonly Option<int?> ClipSkip = Values.OptionalWhole(
        "--clip-skip", "How many further blocks of CLIP's encoders are skipped at the end, for models that were trained so.", least: 0);
    private static readonly Option<TextRules?> Rules = Values.OptionalChoice<TextRules>(
        "--text-rules", "How prompts are cleaned before they become tokens, in which published programs differ; diffusers unless the model says otherwise.");

    private static readonly OptionTerms Terms = new() { { nameof(Usual.ClipSkip), ClipSkip }, { nameof(Usual.Rules), Rules } };

    /// <summary>Gets the options.</summary>
    public static IReadOnlyList<Option> All { get; } = [ClipSkip, Rules];

    /// <summary>Opens a model with what was given.</summary>
    /// <exception cref="ArgumentException">The model reads no texts.</exception>
    public static LatentDiffusionModel Open(ParseResult parsed, ModelOptions opening, string path) => Terms.Run(() =>
    {
        var model = opening.LoadDiffusion(parsed, path, Read(parsed));
        if (Given(parsed) is not { } option || model.TextEncoder is not null)
            return model;
        model.Dispose();
        throw new ArgumentException($"{option.Name} says how a text encoder reads, and none is opened with this model; leave it out.");
    });

    /// <summary>Gets what differs from the usual, by the names of the options.</summary>
    public static IEnumerable<(string Name, string Value)> Described(ParseResult parsed)
    {
        var read = Read(parsed);
        if (read.ClipSkip > 0)
            yield return (ClipSkip.Name, $"{read.ClipSkip}");
        if (read.Rules != Usual.Rules)
            yield return (Rules.Name, Choices.NameOf(read.Rules));
    }

    private static TextEncoderLoadOptions Read(ParseResult parsed) =>
        Usual with { ClipSkip = parsed.GetValue(ClipSkip) ?? Usual.ClipSkip, Rules = parsed.GetValue(Rules) ?? Usual.Rules };

    private static Option? Given(ParseResult parsed) =>
        parsed.GetValue(ClipSkip) is not null ? ClipSkip : parsed.GetValue(Rules) is not null ? Rules : null;
}
