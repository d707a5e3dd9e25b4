using LdmMl.Autoencoders;
using LdmMl.Batching;
using LdmMl.Models;
using LdmMl.Schemas;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Encoding;

/// <summary>Images to latents.</summary>
internal sealed class EncodingRunner : AutoencoderRunner
{
    private readonly ImageInput images;
    private readonly ValueGetter<long>? seed;
    private readonly long[][] seeds;
    private readonly int latentLength;

    public EncodingRunner(AutoencoderModel model, DataViewRow input, EncodeImagesOptions options, int capacity)
        : base(model, model.Config.ImageChannels, capacity)
    {
        var columns = new EncodingColumns(model.Config, options);
        var image = columns.Image.Find(input.Schema);
        images = new ImageInput(input, image, model.Config, options, capacity);
        this.seed = columns.Seed is { } seed ? input.GetGetter<long>(seed.Find(input.Schema)) : null;
        seeds = [new long[capacity], new long[capacity]];
        latentLength = columns.LatentType((ImageDataViewType)image.Type).Size;
    }

    public override Delegate MakeGetter(int output, Func<int> computedSlot) =>
        (ValueGetter<VBuffer<float>>)((ref VBuffer<float> destination) =>
            VectorHandover.Give(ref destination, Result(computedSlot(), out _), latentLength));

    private protected override void ReadRow(PlaneBatch batch, int half, int slot)
    {
        images.ReadRow(batch, half, slot);
        seed?.Invoke(ref seeds[half][slot]);
    }

    private protected override Tensor Forward(Tensor rows, IReadOnlyList<int> slots, int half)
    {
        if (seed is null)
            return Model.Encode(rows);
        var config = Model.Config;
        long[] shape = [config.LatentChannels, rows.shape[2] / config.DownsampleFactor, rows.shape[3] / config.DownsampleFactor];
        using var noise = new RowNoise([.. slots.Select(slot => seeds[half][slot])]);
        return Model.Encode(rows, noise.Draw(empty([slots.Count, .. shape])));
    }
}
