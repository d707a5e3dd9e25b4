using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>A batching transform whose model call does nothing, so that only the plumbing remains: reading images, batches, outputs.</summary>
internal sealed class NoOpTransformer : ModelTransformer<AutoencoderModel>
{
    private const int LatentChannels = 4, LatentSide = 8;

    private readonly int batchSize;

    public NoOpTransformer(MLContext context, AutoencoderModel model, int batchSize, bool prefetch)
        : base(context, new("LDM NOOP", "LdmMlNoOp"), model, new Options { BatchSize = batchSize, Prefetch = prefetch }, _ => LatentColumn) =>
        this.batchSize = batchSize;

    private static RowColumns LatentColumn { get; } = RowColumns.Of(
        [new("Image", ColumnContent.Image)],
        _ => [new("Latent", new VectorDataViewType(NumberDataViewType.Single, LatentChannels, LatentSide, LatentSide))]);

    private protected override BatchRunner CreateRunner(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new Runner(Model.Share(), input, batchSize);

    private protected override void Write(ModelWriter writer) => throw new NotSupportedException();

    private sealed record Options : ModelTransformOptions;

    private sealed class Runner(AutoencoderModel model, DataViewRow input, int capacity) : AutoencoderRunner<PlaneBatch>(model)
    {
        private readonly ImageInput images = new(input, input.Schema["Image"], model.Config, PixelColor.White, ImageSides.MustBeMultiples);
        private readonly Tensor latents = zeros(capacity, LatentChannels, LatentSide, LatentSide).DetachFromDisposeScope();

        public override Delegate MakeGetter(int output, Func<int> slot) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> latent) =>
        {
            var values = Result(slot(), out _);
            var editor = VBufferEditor.Create(ref latent, values.Length);
            values.CopyTo(editor.Values);
            latent = editor.Commit();
        });

        private protected override PlaneBatch CreateBatch(int capacity) => new(3, capacity);

        private protected override void ReadRow(PlaneBatch batch, int slot) => images.ReadRow(batch, slot);

        private protected override Tensor Forward(Tensor rows, PlaneBatch batch, IReadOnlyList<int> slots) => latents.narrow(0, 0, rows.shape[0]);
    }
}
