using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace LdmMl.Transforms.Decode;

/// <summary>Decodes latents to images.</summary>
internal sealed class DecodeLatentsRunner : AutoencoderRunner<PlaneBatch>
{
    private readonly DataViewRow row;
    private readonly string columnName;
    private readonly ValueGetter<VBuffer<float>> getter;
    private readonly ImageSize size;
    private readonly ImageOutput images;
    private VBuffer<float> latent;

    public DecodeLatentsRunner(AutoencoderModel model, DataViewRow input, DecodeLatentsOptions options)
        : base(model)
    {
        var column = DecodeLatentsTransformer.ColumnsOf(model.Config, options).Find(input.Schema)[0];
        (row, columnName) = (input, column.Name);
        getter = input.GetGetter<VBuffer<float>>(column);
        size = DecodeLatentsTransformer.LatentSize(model.Config, options, (VectorDataViewType)column.Type);
        images = new ImageOutput(model.Config);
    }

    public override Delegate MakeGetter(int output, Func<int> computedSlot) => ImageTransfer.MakeGetter(() =>
    {
        var planes = Result(computedSlot(), out var size);
        return planes.IsEmpty ? null : images.Create(planes, size, kept: size);
    });

    private protected override PlaneBatch CreateBatch(int capacity) => new(Model.Config.LatentChannels, capacity);

    private protected override void ReadRow(PlaneBatch batch, int slot)
    {
        getter(ref latent);
        var wanted = Model.Config.LatentChannels * size.Height * size.Width;
        if (latent.Length == 0 || MissingValues.AnyIn(latent.GetValues()))
            return;
        if (latent.Length != wanted)
        {
            throw RowError.Of(row.Position,
                $"the latent in column '{columnName}' has {latent.Length} values; {wanted} are needed.");
        }

        latent.CopyTo(batch.Add(slot, size));
    }

    private protected override ImageSize ImageSizeOf(PlaneGroup group) => DecodeLatentsTransformer.ImageSizeOf(Model.Config, group.Size);

    private protected override Tensor Forward(Tensor rows, PlaneBatch batch, IReadOnlyList<int> slots) => Model.Decode(rows);
}
