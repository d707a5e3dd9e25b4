using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Torch.Models.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Transforms.EncodeText;

/// <summary>Encodes texts to tokens; equal texts of a batch are encoded once.</summary>
internal sealed class EncodeTextRunner : BatchRunner
{
    private readonly TextEncoderModel model;
    private readonly TextSource texts;
    private float[] tokens = [], pooled = [];

    /// <param name="model">A handle that this runner owns: an open cursor outlives its transformer.</param>
    /// <param name="input">The row to read.</param>
    /// <param name="options">The columns.</param>
    public EncodeTextRunner(TextEncoderModel model, DataViewRow input, EncodeTextOptions options)
    {
        this.model = model;
        texts = new TextSource(input, EncodeTextTransformer.ColumnsOf(model, options).Find(input.Schema)[0]);
    }

    public override BatchInput CreateInput(int capacity) => new Batch();

    public override void Read(BatchInput input, int slot) => ((Batch)input).Texts.Add(texts.Read());

    public override void Compute(BatchInput input)
    {
        using var encoding = ForwardLock.Run(model.Device, () => model.Encode(((Batch)input).Texts));
        tokens = encoding.Context.data<float>().ToArray();
        pooled = encoding.Pooled?.data<float>().ToArray() ?? [];
    }

    public override Delegate MakeGetter(int output, Func<int> computedSlot) =>
        (ValueGetter<VBuffer<float>>)((ref VBuffer<float> destination) =>
        {
            var slot = computedSlot();
            var (values, length) = output == 0 ? (tokens, model.Tokens * model.Width) : (pooled, model.PooledWidth!.Value);
            VectorTransfer.Give(ref destination, values.AsSpan(slot * length, length), length);
        });

    public override void Dispose() => model.Dispose();

    /// <summary>The texts of the rows.</summary>
    private sealed class Batch : BatchInput
    {
        public List<string> Texts { get; } = [];

        public override void Clear() => Texts.Clear();

        public override void Dispose()
        {
        }
    }
}
