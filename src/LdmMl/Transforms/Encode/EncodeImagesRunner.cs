using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Transforms.Encode;

/// <summary>Encodes images to latents.</summary>
internal sealed class EncodeImagesRunner : AutoencoderRunner<EncodeImagesRunner.Batch>
{
    private readonly ImageInput images;
    private readonly SeedReader? seeds;
    private readonly int latentLength;

    public EncodeImagesRunner(AutoencoderModel model, DataViewRow input, EncodeImagesOptions options)
        : base(model)
    {
        var columns = EncodeImagesTransformer.ColumnsOf(model.Config, options);
        var found = columns.Find(input.Schema);
        images = new ImageInput(input, found[0], model.Config, options.Background, options.Sides);
        seeds = found is [_, var seed] ? new SeedReader(input, seed, offset: null) : null;
        latentLength = ((VectorDataViewType)columns.Describe(input.Schema)[0].Type).Size;
    }

    public override Delegate MakeGetter(int output, Func<int> computedSlot) =>
        (ValueGetter<VBuffer<float>>)((ref VBuffer<float> destination) =>
            VectorTransfer.Give(ref destination, Result(computedSlot(), out _), latentLength));

    private protected override Batch CreateBatch(int capacity) => new(Model.Config.ImageChannels, capacity);

    private protected override void ReadRow(Batch batch, int slot)
    {
        images.ReadRow(batch, slot);
        if (seeds is not null)
            batch.Seeds[slot] = seeds.Read();
    }

    private protected override Tensor Forward(Tensor rows, Batch batch, IReadOnlyList<int> slots)
    {
        if (seeds is null)
            return Model.Encode(rows);
        var config = Model.Config;
        long[] shape = [config.LatentChannels, rows.shape[2] / config.DownsampleFactor, rows.shape[3] / config.DownsampleFactor];
        using var noise = new RowNoise([.. slots.Select(slot => batch.Seeds[slot])]);
        return Model.Encode(rows, noise.Draw(empty([slots.Count, .. shape])));
    }

    /// <summary>Images, and the seeds of their posteriors' samples.</summary>
    internal sealed class Batch(int channels, int capacity) : PlaneBatch(channels, capacity)
    {
        public long[] Seeds { get; } = new long[capacity];
    }
}
