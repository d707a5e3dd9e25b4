using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Torch.Generation;

namespace LdmMl.Cli.Commands;

/// <summary>The options of files that change a model before it draws: LoRA and learned words.</summary>
internal static class AdapterOptions
{
    private const int KeysShown = 10;

    private static readonly Option<WeightedLora[]> Lora = new("--lora")
    {
        Description = "A LoRA file (with kohya's, diffusers' or PEFT's names) and its weight, by default 1; may be given several times.",
        HelpName = "FILE[:WEIGHT]", CustomParser = ReadLoras, DefaultValueFactory = _ => [],
    };
    private static readonly Option<FileInfo[]> Embedding = new("--embedding")
    {
        Description = "A textual inversion file, whose word prompts can use; may be given several times.", HelpName = "FILE",
        DefaultValueFactory = _ => [],
    };

    private static readonly OptionTerms Terms = new() { { "loras", Lora }, { "path", Embedding } };

    /// <summary>Gets the options.</summary>
    public static IReadOnlyList<Option> All { get; } = [Lora, Embedding];

    /// <summary>Returns a model with the requested files; the caller disposes both models.</summary>
    public static LatentDiffusionModel Apply(ParseResult parsed, LatentDiffusionModel model) => Terms.Run(() =>
    {
        var loras = parsed.GetRequiredValue(Lora);
        var changed = loras.Length == 0 ? model.Share() : model.WithLoras(loras);
        try
        {
            foreach (var merged in changed.Loras)
                Terminal.Message(Describe(merged));
            foreach (var file in parsed.GetRequiredValue(Embedding))
            {
                using var before = changed;
                changed = before.WithEmbedding(file.FullName);
                Terminal.Message($"{file.Name} adds the word '{changed.Words[^1]}'.");
            }

            return changed;
        }
        catch
        {
            changed.Dispose();
            throw;
        }
    });

    private static string Describe(WeightedLora merged)
    {
        var layers = $"LoRA {merged} changes {Counted.Of(merged.Layers, "layer")}";
        if (merged.UnusedKeys.Count == 0)
            return $"{layers}.";
        var more = merged.UnusedKeys.Count > KeysShown ? $", and {merged.UnusedKeys.Count - KeysShown} more" : "";
        return $"{layers}; {Counted.Of(merged.UnusedKeys.Count, "key")} without a matching layer in this model: {string.Join(", ", merged.UnusedKeys.Take(KeysShown))}{more}.";
    }

    private static WeightedLora[] ReadLoras(ArgumentResult result)
    {
        var loras = new List<WeightedLora>();
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            if (Parse(text) is not { } lora)
            {
                result.AddError($"--lora is '{text}'; what follows the colon must be a number, such as 0.7.");
                return [];
            }

            loras.Add(lora);
        }

        return [.. loras];
    }

    // The file name itself may contain a colon.
    private static WeightedLora? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || File.Exists(text))
            return new WeightedLora(text);
        var isNumber = double.TryParse(text.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) && double.IsFinite(weight);
        return isNumber && colon > 0 ? new WeightedLora(text[..colon], weight) : null;
    }
}
