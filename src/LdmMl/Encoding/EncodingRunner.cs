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
    private readonly ImageInput _images;
    private readonly ValueGetter<long>? _seed;
    private readonly long[][] _seeds;
    private readonly int _latentLength;

    public EncodingRunner(AutoencoderModel model, DataViewRow input, EncodeImagesOptions options, int capacity)
        : base(model, model.Config.ImageChannels, capacity)
    {
        var columns = new EncodingColumns(model.Config, options);
        DataViewSchema.Column image = columns.Image.Find(input.Schema);
        _images = new ImageInput(input, image, model.Config, options, capacity);
        _seed = columns.Seed is { } seed ? input.GetGetter<long>(seed.Find(input.Schema)) : null;
        _seeds = [new long[capacity], new long[capacity]];
        _latentLength = columns.LatentType((ImageDataViewType)image.Type).Size;
    }

    public override Delegate MakeGetter(int output, Func<int> computedSlot)
        => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> destination)
            => VectorHandover.Give(ref destination, Result(computedSlot(), out _), _latentLength));

    private protected override void ReadRow(PlaneBatch batch, int half, int slot)
    {
        _images.ReadRow(batch, half, slot);
        _seed?.Invoke(ref _seeds[half][slot]);
    }

    private protected override Tensor Forward(Tensor rows, IReadOnlyList<int> slots, int half)
    {
        if (_seed is null)
            return Model.Encode(rows);
        AutoencoderConfig config = Model.Config;
        long[] shape = [config.LatentChannels, rows.shape[2] / config.DownsampleFactor, rows.shape[3] / config.DownsampleFactor];
        using var noise = new RowNoise([.. slots.Select(slot => _seeds[half][slot])]);
        return Model.Encode(rows, noise.Draw(empty([slots.Count, .. shape])));
    }
}
