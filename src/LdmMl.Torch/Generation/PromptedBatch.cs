using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Text;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>A batch whose prompts were encoded to tokens, which it owns.</summary>
internal sealed class PromptedBatch : IDisposable
{
    private readonly List<Tensor> owned = [];

    private PromptedBatch(GenerationBatch batch) => Batch = batch;

    /// <summary>Gets the batch, without prompts.</summary>
    public GenerationBatch Batch { get; private set; }

    /// <summary>Encodes the prompts; a batch without prompts is unchanged.</summary>
    /// <exception cref="OptionException">The model or the settings do not fit the prompts; the message says what to do.</exception>
    public static PromptedBatch Of(GenerationBatch batch, GenerationSettings settings, Conditioning conditioning, ITextEncoder? encoder)
    {
        PromptRules.Apply(batch, settings, conditioning, encoder);
        var prompted = new PromptedBatch(batch);
        if (batch.Prompts is not { } prompts)
            return prompted;
        try
        {
            prompted.Encode(prompts, settings.GuidanceScale != 1, conditioning.CrossAttention!, encoder!);
            return prompted;
        }
        catch
        {
            prompted.Dispose();
            throw;
        }
    }

    public void Dispose() => owned.ForEach(tensor => tensor.Dispose());

    private void Encode(IReadOnlyList<string> prompts, bool guides, ContextConditioning conditioning, ITextEncoder encoder)
    {
        var rows = Batch.Seeds.Count;
        var negative = Batch.NegativePrompts ?? (conditioning.Vector?.ZeroWithoutNegative == true ? null : [""]);
        var pushed = guides && negative is not null ? Paired(negative, Batch.SecondNegativePrompts) : [];
        var drawn = Paired(prompts, Batch.SecondPrompts);
        using var encoding = Encode(encoder, [.. pushed, .. drawn]);
        using var scope = NewDisposeScope();
        var (first, count) = (pushed.Length, drawn.Length);
        Batch = Batch with
        {
            Prompts = null,
            NegativePrompts = null,
            SecondPrompts = null,
            SecondNegativePrompts = null,
            Context = Kept(Rows(encoding.Context.narrow(0, first, count), rows)),
            UnconditionalContext = !guides ? null : Kept(Nothing(encoding.Context, first, rows)),
            Pooled = conditioning.Vector is null ? null : Kept(Rows(encoding.Pooled!.narrow(0, first, count), rows)),
            UnconditionalPooled = !guides || conditioning.Vector is null ? null : Kept(Nothing(encoding.Pooled!, first, rows)),
        };
    }

    private TextEncoding Encode(ITextEncoder encoder, (string First, string Second)[] texts)
    {
        string[] read = [.. texts.Select(text => text.First)];
        return Batch.SecondPrompts is null && Batch.SecondNegativePrompts is null
            ? encoder.Encode(read)
            : ((TextEncoderModel)encoder).Encode([read, texts.Select(text => text.Second).ToArray()]);
    }

    // One text stands for as many as the other encoder has.
    private static (string First, string Second)[] Paired(IReadOnlyList<string> first, IReadOnlyList<string>? second)
    {
        second ??= first;
        var count = Math.Max(first.Count, second.Count);
        return [.. Enumerable.Range(0, count).Select(row => (first[Math.Min(row, first.Count - 1)], second[Math.Min(row, second.Count - 1)]))];
    }

    // The first rows are the negative prompts; without any, SDXL takes zeros.
    private static Tensor Nothing(Tensor encoded, int negatives, int rows) => negatives > 0
        ? Rows(encoded.narrow(0, 0, negatives), rows)
        : zeros([rows, .. encoded.shape[1..]]);

    private static Tensor Rows(Tensor given, int rows) =>
        given.shape[0] == rows ? given : given.expand([rows, .. given.shape[1..]]);

    private Tensor Kept(Tensor tensor)
    {
        var copy = tensor.contiguous().clone().DetachFromDisposeScope();
        owned.Add(copy);
        return copy;
    }
}
