using LdmMl.Torch.Models.Autoencoders;
using static LdmMl.Torch.Generation.GenerationArguments;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>The checks of what a model is told about the images: as much as it needs, and no more.</summary>
internal static class ConditionArguments
{
    public static void Check(GenerationBatch batch, GenerationSettings settings, Conditioning conditioning, AutoencoderConfig autoencoder)
    {
        var context = conditioning as ContextConditioning ?? (conditioning as ConcatenatedConditioning)?.Context;
        CheckLabels(batch, conditioning as LabelConditioning);
        CheckContext(batch, context);
        CheckLowResolution(batch, conditioning, autoencoder);
        if (settings.GuidanceScale != 1.0)
            CheckGuidance(batch, settings.GuidanceScale, conditioning, context);
    }

    private static void CheckLabels(GenerationBatch batch, LabelConditioning? labels)
    {
        if (labels is null)
        {
            if (batch.Labels is not null)
                throw Wrong(nameof(batch.Labels), "There are labels, but this model takes none; leave them out.");
            return;
        }

        var range = $"0 to {labels.Count - 1}{(labels.HasNullLabel ? $", or {labels.Count} for an image of any label" : "")}";
        if (batch.Labels is null)
        {
            if (!labels.HasNullLabel)
                throw Wrong(nameof(batch.Labels), $"There are no labels, and this model has no null label; give each seed one of {range}.");
            return;
        }

        if (batch.Labels.Count != batch.Seeds.Count)
            throw Wrong(nameof(batch.Labels), $"There are {batch.Labels.Count} labels for {batch.Seeds.Count} seeds; give one for each.");
        for (var row = 0; row < batch.Labels.Count; row++)
        {
            if (batch.Labels[row] < 0 || batch.Labels[row] >= labels.NetworkCount)
                throw Wrong(nameof(batch.Labels), $"The label of row {row} is {batch.Labels[row]}; this model has {range}.");
        }
    }

    private static void CheckContext(GenerationBatch batch, ContextConditioning? context)
    {
        if (context is null)
        {
            if (batch.Context is not null || batch.UnconditionalContext is not null)
                throw Wrong(nameof(batch.Context), "There is a context, but this model takes none; leave it out.");
            return;
        }

        if (batch.Context is null)
        {
            throw Wrong(
                nameof(batch.Context),
                "This model looks at tokens, usually the output of a text encoder, which this library does not have; give "
                + $"{nameof(batch.Context)} [{batch.Seeds.Count}, {context.Tokens}, {context.Dimension}], computed beforehand.");
        }

        CheckTokens(batch.Context, context, nameof(batch.Context), batch.Seeds.Count, [batch.Seeds.Count]);
        if (batch.UnconditionalContext is not { } unconditional)
            return;
        CheckTokens(unconditional, context, nameof(batch.UnconditionalContext), batch.Seeds.Count, [1, batch.Seeds.Count]);
        if (unconditional.shape[1] != batch.Context.shape[1])
        {
            throw Wrong(nameof(batch.UnconditionalContext),
                $"It has {unconditional.shape[1]} tokens and {nameof(batch.Context)} has {batch.Context.shape[1]}; both must have the same number.");
        }
    }

    private static void CheckTokens(Tensor tokens, ContextConditioning context, string name, int rows, int[] allowedRows)
    {
        if (tokens.dim() != 3 || !allowedRows.Contains((int)tokens.shape[0]) || tokens.shape[1] == 0 || tokens.shape[2] != context.Dimension)
            throw Wrong(name, $"Expected {name} [{rows}, tokens, {context.Dimension}], got {Shape(tokens)}.");
        CheckType(tokens, name, "tokens");
    }

    private static void CheckLowResolution(GenerationBatch batch, Conditioning conditioning, AutoencoderConfig autoencoder)
    {
        if (conditioning is not ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage })
        {
            if (batch.LowResolutionImages is not null)
            {
                throw Wrong(
                    nameof(batch.LowResolutionImages), "There are low-resolution images, but this is no super-resolution model; leave them out.");
            }

            return;
        }

        if (batch.LowResolutionImages is null)
        {
            throw Wrong(nameof(batch.LowResolutionImages),
                $"This is a super-resolution model; give it {nameof(batch.LowResolutionImages)} "
                + $"[{batch.Seeds.Count}, {autoencoder.ImageChannels}, h, w].");
        }

        CheckImages(
            batch.LowResolutionImages, batch.Seeds.Count, autoencoder.ImageChannels, nameof(batch.LowResolutionImages), "low-resolution images");
    }

    private static void CheckGuidance(GenerationBatch batch, double scale, Conditioning conditioning, ContextConditioning? context)
    {
        const string Name = nameof(GenerationSettings.GuidanceScale);
        if (conditioning is LabelConditioning { HasNullLabel: false })
            throw Wrong(Name, $"The guidance scale is {scale}, but this model has no null label to push away from; leave it at 1.");
        if (context is not null && batch.UnconditionalContext is null)
        {
            throw Wrong(Name, $"The guidance scale is {scale}, but there are no tokens to push away from; give "
                + $"{nameof(batch.UnconditionalContext)}, the tokens of an empty text, or leave the scale at 1.");
        }

        if (context is null && conditioning is not LabelConditioning)
            throw Wrong(Name, $"The guidance scale is {scale}, but this model is told nothing that could be left out; leave it at 1.");
    }
}
