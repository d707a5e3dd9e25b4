using System.CommandLine;
using LdmMl.Cli.Generating;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Text;

namespace LdmMl.Cli.Commands;

/// <summary>The options that say in words what is drawn.</summary>
internal static class PromptOptions
{
    private static readonly Option<string[]> Prompt = new("--prompt")
    {
        Description = "What to draw, as a sentence, for a model with a text encoder; given several times, they take turns.",
        HelpName = "TEXT", DefaultValueFactory = _ => [],
    };
    private static readonly Option<string?> Negative = new("--negative") { Description = "What no image shall show.", HelpName = "TEXT" };
    private static readonly Option<string?> Second = new("--prompt-2")
    {
        Description = "What the second of two text encoders (SDXL) reads in place of the prompt.", HelpName = "TEXT",
    };
    private static readonly Option<string?> SecondNegative = new("--negative-2")
    {
        Description = "What it reads in place of --negative.", HelpName = "TEXT",
    };
    private static readonly Option<FileInfo?> File = new("--prompts")
    {
        Description = "A file of prompts: one on each line, a CSV (prompt, negative, seed, prompt_2, negative_2), or JSON objects with these keys on lines (.jsonl).",
        HelpName = "FILE",
    };

    /// <summary>Gets the options.</summary>
    public static IReadOnlyList<Option> All { get; } = [Prompt, Negative, Second, SecondNegative, File];

    /// <summary>Says whether there are any prompts.</summary>
    public static bool AreGiven(ParseResult parsed) => parsed.GetValue(Prompt) is { Length: > 0 } || parsed.GetValue(File) is not null;

    /// <summary>Reads them, for a model.</summary>
    /// <exception cref="ArgumentException">The model takes no texts, or options contradict each other.</exception>
    public static PlannedTexts Read(ParseResult parsed, LatentDiffusionModel model, double guidance)
    {
        if (!AreGiven(parsed))
        {
            if (new[] { Negative, Second, SecondNegative }.FirstOrDefault(option => parsed.GetValue(option) is not null) is { } lonely)
                throw new ArgumentException($"{lonely.Name} goes with a prompt, and there is none; give --prompt as well.");
            CheckNeed(model);
            return new PlannedTexts();
        }

        var given = parsed.GetRequiredValue(Prompt);
        if (given.Length > 0 && parsed.GetValue(File) is not null)
            throw new ArgumentException("--prompt and --prompts are both given; choose one.");
        CheckModel(model);
        var texts = new PlannedTexts
        {
            Prompts = parsed.GetValue(File) is { } file ? PromptFile.Read(file.FullName) : [.. given.Select(text => new PlannedPrompt(text))],
            Negative = parsed.GetValue(Negative), Second = parsed.GetValue(Second), SecondNegative = parsed.GetValue(SecondNegative),
        };
        Check(texts, model, guidance);
        return texts;
    }

    private static void Check(PlannedTexts texts, LatentDiffusionModel model, double guidance)
    {
        // Each is complete: what one has, all have.
        var first = texts[0]!;
        if (guidance == 1 && first.Negative is not null)
            throw new ArgumentException("--guidance is 1, so nothing is pushed away from a negative prompt; raise it, or leave --negative out.");
        if (first is { SecondNegative: not null, Negative: null })
            throw new ArgumentException("--negative-2 goes with a negative prompt, and there is none; give --negative as well.");
        if ((first.Second ?? first.SecondNegative) is not null && model.TextEncoder is not TextEncoderModel { Parts.Count: 2 })
            throw new ArgumentException("This model has one text encoder, so it reads no second prompt, as SDXL does; leave --prompt-2 and --negative-2 out.");
    }

    private static void CheckNeed(LatentDiffusionModel model)
    {
        if (model.Config.Conditioning.CrossAttention is null)
            return;
        throw new ArgumentException(
            model.TextEncoder is not null
                ? "This model draws what a sentence says; give --prompt, or a file of them with --prompts."
                : "This model looks at the tokens of a text encoder, and none was opened with it; a program can give them, computed beforehand. "
                    + string.Join(' ', model.LoadReport.Notes));
    }

    private static void CheckModel(LatentDiffusionModel model)
    {
        if (model.Config.Conditioning.CrossAttention is null)
        {
            var advice = model.Config.Conditioning is LabelConditioning ? "it draws labels; give --label" : "leave --prompt out";
            throw new ArgumentException($"This model takes no texts, so --prompt means nothing to it; {advice}.");
        }

        if (model.TextEncoder is null)
            throw new ArgumentException($"This model was opened without a text encoder, so it reads no prompts. {string.Join(' ', model.LoadReport.Notes)}");
    }
}
