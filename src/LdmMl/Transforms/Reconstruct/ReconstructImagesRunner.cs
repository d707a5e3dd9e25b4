using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using static TorchSharp.torch;

namespace LdmMl.Transforms.Reconstruct;

/// <summary>Encodes images and decodes their latents.</summary>
internal sealed class ReconstructImagesRunner : AutoencoderRunner<PlaneBatch>
{
    private readonly ImageInput input;
    private readonly ImageOutput output;

    public ReconstructImagesRunner(AutoencoderModel model, DataViewRow input, ReconstructImagesOptions options)
        : base(model)
    {
        var column = ReconstructImagesTransformer.ColumnsOf(model.Config, options).Find(input.Schema)[0];
        this.input = new ImageInput(input, column, model.Config, options.Background, options.Sides);
        output = new ImageOutput(model.Config);
    }

    public override Delegate MakeGetter(int output, Func<int> computedSlot) => ImageTransfer.MakeGetter(() =>
    {
        var slot = computedSlot();
        var planes = Result(slot, out var size);
        return planes.IsEmpty ? null : this.output.Create(planes, size, kept: Computed!.OriginalSize(slot));
    });

    private protected override PlaneBatch CreateBatch(int capacity) => new(Model.Config.ImageChannels, capacity);

    private protected override void ReadRow(PlaneBatch batch, int slot) => input.ReadRow(batch, slot);

    private protected override Tensor Forward(Tensor rows, PlaneBatch batch, IReadOnlyList<int> slots) => Model.Reconstruct(rows);
}
