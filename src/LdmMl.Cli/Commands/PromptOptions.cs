using System.CommandLine;
using LdmMl.Cli.Generating;
using LdmMl.Torch.Generation;

namespace LdmMl.Cli.Commands;

/// <summary>The options that say in words what is drawn.</summary>
internal static class PromptOptions
{
    private static readonly Option<string[]> Prompt = new("--prompt")
    {
        Description = "What to draw, in words, for a model with a text encoder; several prompts take turns.",
        HelpName = "TEXT", DefaultValueFactory = _ => [],
    };
    private static readonly Option<string?> Negative = new("--negative") { Description = "What images should not show.", HelpName = "TEXT" };
    private static readonly Option<FileInfo?> File = new("--prompts")
    {
        Description = "A file of prompts: one per line, a CSV (prompt, negative, seed), or one JSON object with these keys per line (.jsonl).",
        HelpName = "FILE",
    };

    /// <summary>Gets the options.</summary>
    public static IReadOnlyList<Option> All { get; } = [Prompt, Negative, File];

    /// <summary>Returns whether there are any prompts.</summary>
    public static bool AreGiven(ParseResult parsed) => parsed.GetValue(Prompt) is { Length: > 0 } || parsed.GetValue(File) is not null;

    /// <summary>Reads them, for a model.</summary>
    /// <exception cref="ArgumentException">The model takes no texts, or options contradict each other.</exception>
    public static (IReadOnlyList<PlannedPrompt> Prompts, string? Negative) Read(ParseResult parsed, LatentDiffusionModel model, double guidance)
    {
        var negative = parsed.GetValue(Negative);
        if (!AreGiven(parsed))
        {
            if (negative is not null)
                throw new ArgumentException("--negative needs a prompt; give --prompt as well.");
            CheckNeed(model);
            return ([], null);
        }

        var given = parsed.GetRequiredValue(Prompt);
        if (given.Length > 0 && parsed.GetValue(File) is not null)
            throw new ArgumentException("--prompt and --prompts are both given; choose one.");
        CheckModel(model);
        var prompts = parsed.GetValue(File) is { } file ? PromptFile.Read(file.FullName) : [.. given.Select(text => new PlannedPrompt(text))];
        return guidance == 1 && (negative is not null || prompts.Any(prompt => prompt.Negative is not null))
            ? throw new ArgumentException("--guidance is 1, so a negative prompt has no effect; raise it, or leave --negative out.")
            : (prompts, negative);
    }

    private static void CheckNeed(LatentDiffusionModel model)
    {
        if (model.Config.Conditioning.CrossAttention is null)
            return;
        throw new ArgumentException(
            model.TextEncoder is not null
                ? "This model needs a prompt; give --prompt, or a file of prompts with --prompts."
                : "This model needs tokens of a text encoder, but none was opened with it; a program can pass tokens computed beforehand. "
                    + string.Join(' ', model.LoadReport.Notes));
    }

    private static void CheckModel(LatentDiffusionModel model)
    {
        if (model.Config.Conditioning.CrossAttention is null)
        {
            var advice = model.Config.Conditioning is LabelConditioning ? "it has labels; give --label" : "leave --prompt out";
            throw new ArgumentException($"This model takes no prompts; {advice}.");
        }

        if (model.TextEncoder is null)
            throw new ArgumentException($"This model was opened without a text encoder, so it takes no prompts. {string.Join(' ', model.LoadReport.Notes)}");
    }
}
