using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Autoencoders;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>Checks a batch's conditions: their values, shapes and types. Whether the model accepts them was checked before.</summary>
internal static class ConditionArguments
{
    public static void CheckShapes(GenerationBatch batch, Conditioning conditioning, AutoencoderConfig autoencoder)
    {
        if (batch.Labels is { } labels)
            CheckLabels(labels, batch.Seeds.Count, (LabelConditioning)conditioning);
        if (batch.Context is { } tokens)
            CheckContext(batch, tokens, conditioning.CrossAttention!);
        GenerationArguments.CheckImages(
            batch.LowResolutionImages, batch.Seeds.Count, autoencoder.ImageChannels, nameof(batch.LowResolutionImages));
    }

    private static void CheckLabels(IReadOnlyList<int> given, int rows, LabelConditioning labels)
    {
        Check.That(given.Count == rows, given, $"give one for each of the {rows} seeds", nameof(GenerationBatch.Labels));
        var range = $"0 to {labels.Count - 1}{(labels.HasNullLabel ? $", and {labels.Count}, the null label" : "")}";
        for (var row = 0; row < rows; row++)
        {
            Check.That(
                given[row] >= 0 && given[row] < labels.NetworkCount, given[row], $"this model has {range}",
                $"{nameof(GenerationBatch.Labels)}[{row}]");
        }
    }

    private static void CheckContext(GenerationBatch batch, Tensor tokens, ContextConditioning context)
    {
        CheckTokens(tokens, context, nameof(batch.Context), batch.Seeds.Count, [batch.Seeds.Count]);
        CheckPooled(batch.Pooled, context.Vector, nameof(batch.Pooled), batch.Seeds.Count);
        if (batch.UnconditionalContext is not { } unconditional)
            return;
        CheckPooled(batch.UnconditionalPooled, context.Vector, nameof(batch.UnconditionalPooled), batch.Seeds.Count);
        CheckTokens(unconditional, context, nameof(batch.UnconditionalContext), batch.Seeds.Count, [1, batch.Seeds.Count]);
        Check.That(
            unconditional.shape[1] == tokens.shape[1], unconditional.shape,
            $"it must have as many tokens as {nameof(batch.Context)}, {tokens.shape[1]}", nameof(batch.UnconditionalContext));
    }

    private static void CheckPooled(Tensor? pooled, VectorConditioning? vector, string name, int rows)
    {
        if (vector is null)
        {
            Check.That(pooled is null, pooled?.shape, "this model takes no pooled text vectors; leave it out", name);
            return;
        }

        Check.That(
            pooled?.shape is [var given, var width] && (given == rows || given == 1) && width == vector.PooledDimension, pooled?.shape,
            $"this model also takes a pooled vector of each text; it must be [{rows}, {vector.PooledDimension}]", name);
        GenerationArguments.CheckType(pooled!, name);
    }

    private static void CheckTokens(Tensor tokens, ContextConditioning context, string name, int rows, int[] allowedRows)
    {
        Check.That(
            tokens.dim() == 3 && allowedRows.Contains((int)tokens.shape[0]) && tokens.shape[1] > 0 && tokens.shape[2] == context.Dimension,
            tokens.shape, $"it must be [{rows}, tokens, {context.Dimension}]", name);
        GenerationArguments.CheckType(tokens, name);
    }
}
