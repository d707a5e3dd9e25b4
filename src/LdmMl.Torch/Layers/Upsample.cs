using LdmMl.Torch.Layers.Rows;
using LdmMl.Torch.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>Doubles the image by repeating pixels, then smooths it with a 3x3 convolution if it has one.</summary>
internal sealed class Upsample : Module<Tensor, Tensor>
{
    // From this size on the fewer multiplications outweigh the cost of their kernel. Counted in one image, so that rows do not depend on their batch.
    private const long SmallestMap = 32 * 32, SmallestImage = 1 << 15;

    private readonly ImageConvolution? conv;
    private readonly int channels;

    public Upsample(int channels, bool withConvolution, Device? device = null) : base(nameof(Upsample))
    {
        this.channels = channels;
        conv = withConvolution ? new ImageConvolution(channels, channels, kernel: 3, padding: 1, device: device) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, C, 2H, 2W]
    {
        using var scope = NewDisposeScope();
        if (conv is not null && (input.IsChannelsLast() || IsWorthAKernel(input)))
            return scope.MoveToOuter(conv.ConvolveDoubled(input.to(conv.Format)));
        var doubled = functional.interpolate(conv is null ? input : input.to(conv.Format), scale_factor: [2.0, 2.0], mode: InterpolationMode.Nearest);
        return scope.MoveToOuter(conv is null ? doubled : doubled.Then(conv));
    }

    /// <summary>Doubles a map that is computed strip by strip.</summary>
    public RowMap Over(RowMap input, RowMemory memory) => new WindowedRows(
        input, conv?.DoublingStep() ?? new RowStep(channels, (rows, _) => call(rows)) { Up = 2 }, memory);

    // A training step's rows share its gradients, so only inference has to count pixels of one image.
    private static bool IsWorthAKernel(Tensor input) => is_grad_enabled()
        ? input.numel() >= SmallestImage
        : input.shape[2] * input.shape[3] >= SmallestMap && input[0].numel() >= SmallestImage;
}
