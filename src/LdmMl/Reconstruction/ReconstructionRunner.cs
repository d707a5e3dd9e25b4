using LdmMl.Autoencoders;
using LdmMl.Batching;
using LdmMl.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Reconstruction;

/// <summary>Images to latents and back.</summary>
internal sealed class ReconstructionRunner : AutoencoderRunner
{
    private readonly ImageInput input;
    private readonly ImageOutput output;

    public ReconstructionRunner(AutoencoderModel model, DataViewRow input, ReconstructImagesOptions options, int capacity)
        : base(model, model.Config.ImageChannels, capacity)
    {
        this.input = new ImageInput(input, new ReconstructionColumns(model.Config, options).Image.Find(input.Schema), model.Config, options, capacity);
        output = new ImageOutput(model.Config);
    }

    public override Delegate MakeGetter(int output, Func<int> computedSlot)
    {
        var handover = new ImageHandover();
        return (ValueGetter<MLImage?>)((ref MLImage? destination) =>
        {
            var slot = computedSlot();
            var planes = Result(slot, out var size);
            var kept = input.OriginalSize(ComputedHalf, slot);
            handover.Give(ref destination, planes.IsEmpty ? null : this.output.Create(planes, size, kept));
        });
    }

    private protected override void ReadRow(PlaneBatch batch, int half, int slot) => input.ReadRow(batch, half, slot);

    private protected override Tensor Forward(Tensor rows, IReadOnlyList<int> slots, int half) => Model.Reconstruct(rows);
}
