using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Text;

namespace LdmMl.Torch.Generation;

/// <summary>Which arguments can be combined with prompts, and what a model needs to encode them.</summary>
internal static class PromptRules
{
    /// <summary>Checks the prompts of a batch.</summary>
    /// <exception cref="OptionException">They have no effect, or something is missing; the message says what to do.</exception>
    public static void Apply(GenerationBatch batch, GenerationSettings settings, Conditioning conditioning, ITextEncoder? encoder)
    {
        if (batch.Prompts is null)
        {
            RequireTogether(batch.NegativePrompts, nameof(batch.NegativePrompts), nameof(batch.Prompts), isGiven: false);
            RequireTogether(batch.SecondPrompts, nameof(batch.SecondPrompts), nameof(batch.Prompts), isGiven: false);
            RequireTogether(batch.SecondNegativePrompts, nameof(batch.SecondNegativePrompts), nameof(batch.Prompts), isGiven: false);
            return;
        }

        var rows = batch.Seeds?.Count ?? 0;
        CheckModel(batch.Prompts, nameof(batch.Prompts), conditioning, encoder);
        CheckTexts(batch.Prompts, rows, nameof(batch.Prompts));
        Check.That(
            batch.Context is null && batch.Pooled is null, Shown(batch.Prompts), $"{nameof(batch.Context)} is given too; give texts or tokens",
            nameof(batch.Prompts));
        Check.That(
            batch.UnconditionalContext is null && batch.UnconditionalPooled is null, Shown(batch.Prompts),
            $"{nameof(batch.UnconditionalContext)} is given too; with texts, give {nameof(batch.NegativePrompts)}", nameof(batch.Prompts));
        CheckSecond(batch, encoder!, rows);
        if (batch.NegativePrompts is not { } negative)
            return;
        CheckTexts(negative, rows, nameof(batch.NegativePrompts));
        CheckNegative(settings.GuidanceScale, Shown(negative), nameof(batch.NegativePrompts));
    }

    /// <summary>Checks that a model can encode prompts.</summary>
    /// <param name="given">The argument, for messages.</param>
    /// <param name="name">The name of the argument.</param>
    /// <param name="conditioning">The model's conditioning.</param>
    /// <param name="encoder">Its text encoder.</param>
    public static void CheckModel(object? given, string name, Conditioning conditioning, ITextEncoder? encoder)
    {
        var shown = given is IReadOnlyList<string> texts ? Shown(texts) : given;
        Check.That(conditioning.CrossAttention is not null, shown, $"this model takes no prompts ({conditioning.Summary}); leave it out", name);
        Check.That(
            encoder is not null, shown,
            "no text encoder was opened with this model, because its files lack the encoder or its tokenizer; open the whole folder, give the "
            + $"tokenizer in {nameof(TextEncoderLoadOptions)}.{nameof(TextEncoderLoadOptions.TokenizerPath)}, or plug in an encoder with With(encoder)", name);
        var width = conditioning.CrossAttention!.Dimension;
        Check.That(encoder!.Width == width, encoder.Width, $"the text encoder must give tokens of width {width}", nameof(encoder.Width));
        var pooled = conditioning.CrossAttention.Vector?.PooledDimension;
        Check.That(
            pooled is null || encoder.PooledWidth == pooled, encoder.PooledWidth, $"the text encoder must also give a pooled vector of width {pooled}",
            nameof(encoder.PooledWidth));
    }

    /// <summary>Checks that texts go with others, without which they would change nothing.</summary>
    public static void RequireTogether(object? given, string name, string others, bool isGiven) => Check.That(
        given is null || isGiven, given is IReadOnlyList<string> texts ? Shown(texts) : given,
        $"they need {Wording.Member(others)}, and there are none; leave them out", name);

    /// <summary>Checks that there are two text encoders, and that the second can be given texts of its own.</summary>
    public static void CheckTwo(object? given, string name, ITextEncoder? encoder) => Check.That(
        given is null || encoder is TextEncoderModel { Parts.Count: 2 }, given is IReadOnlyList<string> texts ? Shown(texts) : given,
        "this model has no second text encoder of its own, as SDXL has; leave them out", name);

    /// <summary>Checks that there is guidance, without which negative prompts have no effect.</summary>
    public static void CheckNegative(double scale, object? given, string name) => Check.That(
        scale != 1, given, $"{nameof(GenerationSettings.GuidanceScale)} is 1, so there is no guidance away from it; raise the scale, or leave it out", name);

    private static void CheckSecond(GenerationBatch batch, ITextEncoder encoder, int rows)
    {
        RequireTogether(
            batch.SecondNegativePrompts, nameof(batch.SecondNegativePrompts), nameof(batch.NegativePrompts), batch.NegativePrompts is not null);
        CheckTwo(batch.SecondPrompts, nameof(batch.SecondPrompts), encoder);
        CheckTwo(batch.SecondNegativePrompts, nameof(batch.SecondNegativePrompts), encoder);
        if (batch.SecondPrompts is { } second)
            CheckTexts(second, rows, nameof(batch.SecondPrompts));
        if (batch.SecondNegativePrompts is { } negative)
            CheckTexts(negative, rows, nameof(batch.SecondNegativePrompts));
    }

    private static void CheckTexts(IReadOnlyList<string> texts, int rows, string name)
    {
        Check.That(texts.Count == rows || texts.Count == 1, texts.Count, $"give one for each of the {rows} seeds, or one for all", name);
        for (var row = 0; row < texts.Count; row++)
            Check.That(texts[row] is not null, value: null, "it must not be null; \"\" is the empty text", $"{name}[{row}]");
    }

    private static string? Shown(IReadOnlyList<string>? texts) => texts is null ? null : $"{texts.Count} texts";
}
