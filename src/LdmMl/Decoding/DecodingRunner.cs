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
    private readonly DataViewRow row;
    private readonly string columnName;
    private readonly ValueGetter<VBuffer<float>> getter;
    private readonly ImageSize size;
    private readonly ImageOutput images;
    private VBuffer<float> latent;

    public DecodingRunner(AutoencoderModel model, DataViewRow input, DecodeLatentsOptions options, int capacity)
        : base(model, model.Config.LatentChannels, capacity)
    {
        var columns = new DecodingColumns(model.Config, options);
        var column = columns.Latent.Find(input.Schema);
        (row, columnName) = (input, column.Name);
        getter = input.GetGetter<VBuffer<float>>(column);
        size = columns.LatentSize((VectorDataViewType)column.Type);
        images = new ImageOutput(model.Config);
    }

    public override Delegate MakeGetter(int output, Func<int> computedSlot)
    {
        var handover = new ImageHandover();
        return (ValueGetter<MLImage?>)((ref MLImage? destination) =>
        {
            var planes = Result(computedSlot(), out var size);
            handover.Give(ref destination, planes.IsEmpty ? null : images.Create(planes, size, kept: size));
        });
    }

    private protected override void ReadRow(PlaneBatch batch, int half, int slot)
    {
        getter(ref latent);
        var wanted = Model.Config.LatentChannels * size.Height * size.Width;
        if (latent.Length == 0 || MissingValues.AnyIn(latent.GetValues()))
            return;
        if (latent.Length != wanted)
        {
            throw new InvalidDataException(
                $"Row {row.Position}: the latent in column '{columnName}' has {latent.Length} values; {wanted} are needed.");
        }

        latent.CopyTo(batch.Add(slot, size));
    }

    private protected override Tensor Forward(Tensor rows, IReadOnlyList<int> slots, int half) => Model.Decode(rows);
}
