using LdmMl.Autoencoders;
using LdmMl.Batching;
using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>A batching transform whose model call does nothing, so that what remains is the plumbing: reading images, batches, outputs.</summary>
internal sealed class NoOpTransformer(MLContext context, AutoencoderModel model, int batchSize, bool prefetch) : BatchTransformer(context, "NoOp")
{
    private const int LatentChannels = 4, LatentSide = 8;

    internal override StoredModelKind StoredKind => throw new NotSupportedException();

    internal override BatchSettings Batching => new(batchSize, prefetch);

    internal override RowColumns Columns { get; } = new LatentColumn();

    internal override BatchRunner ComputeBatches(DataViewRow input, IReadOnlyList<bool> activeOutputs, int capacity) => new Runner(model.Share(), input, capacity);

    private protected override void Write(ModelWriter writer) => throw new NotSupportedException();

    private sealed class LatentColumn : RowColumns
    {
        public override IReadOnlyList<ColumnNeed> Inputs => [new("Image", ColumnContent.Image)];

        public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs) =>
            [new("Latent", new VectorDataViewType(NumberDataViewType.Single, LatentChannels, LatentSide, LatentSide))];
    }

    private sealed class Runner(AutoencoderModel model, DataViewRow input, int capacity) : AutoencoderRunner(model, 3, capacity)
    {
        private readonly ImageInput images = new(input, input.Schema["Image"], model.Config, new ReconstructImagesOptions { OutputColumnName = "Latent" }, capacity);
        private readonly Tensor latents = zeros(capacity, LatentChannels, LatentSide, LatentSide).DetachFromDisposeScope();

        public override Delegate MakeGetter(int output, Func<int> slot) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> latent) =>
        {
            var values = Result(slot(), out _);
            var editor = VBufferEditor.Create(ref latent, values.Length);
            values.CopyTo(editor.Values);
            latent = editor.Commit();
        });

        private protected override void ReadRow(PlaneBatch batch, int half, int slot) => images.ReadRow(batch, half, slot);

        private protected override Tensor Forward(Tensor rows, IReadOnlyList<int> slots, int half) => latents.narrow(0, 0, rows.shape[0]);
    }
}
