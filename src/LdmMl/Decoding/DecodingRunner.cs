using LdmMl.Autoencoders;
using LdmMl.Batching;
using LdmMl.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Decoding;

/// <summary>Latents to images.</summary>
internal sealed class DecodingRunner : AutoencoderRunner
{
    private readonly DataViewRow _row;
    private readonly string _columnName;
    private readonly ValueGetter<VBuffer<float>> _getter;
    private readonly ImageSize _size;
    private readonly ImageOutput _images;
    private VBuffer<float> _latent;

    public DecodingRunner(AutoencoderModel model, DataViewRow input, DecodeLatentsOptions options, int capacity)
        : base(model, model.Config.LatentChannels, capacity)
    {
        var columns = new DecodingColumns(model.Config, options);
        DataViewSchema.Column column = columns.Latent.Find(input.Schema);
        (_row, _columnName) = (input, column.Name);
        _getter = input.GetGetter<VBuffer<float>>(column);
        _size = columns.LatentSize((VectorDataViewType)column.Type);
        _images = new ImageOutput(model.Config);
    }

    public override Delegate MakeGetter(int output, Func<int> computedSlot)
    {
        var handover = new ImageHandover();
        return (ValueGetter<MLImage?>)((ref MLImage? destination) =>
        {
            ReadOnlySpan<float> planes = Result(computedSlot(), out ImageSize size);
            handover.Give(ref destination, planes.IsEmpty ? null : _images.Create(planes, size, kept: size));
        });
    }

    private protected override void ReadRow(PlaneBatch batch, int half, int slot)
    {
        _getter(ref _latent);
        int wanted = Model.Config.LatentChannels * _size.Height * _size.Width;
        if (_latent.Length == 0 || MissingValues.AnyIn(_latent.GetValues()))
            return;
        if (_latent.Length != wanted)
        {
            throw new InvalidDataException(
                $"Row {_row.Position}: the latent in column '{_columnName}' has {_latent.Length} values; {wanted} are needed.");
        }

        _latent.CopyTo(batch.Add(slot, _size));
    }

    private protected override Tensor Forward(Tensor rows, IReadOnlyList<int> slots, int half) => Model.Decode(rows);
}
