using LdmMl.Torch.Layers.Rows;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>Halves the image: a 3x3 convolution of stride 2, or average pooling. Odd sides round down.</summary>
internal sealed class Downsample : Module<Tensor, Tensor>
{
    private readonly ImageConvolution? conv;
    private readonly int channels;

    public Downsample(int channels, bool withConvolution, Device? device = null) : base(nameof(Downsample))
    {
        this.channels = channels;
        conv = withConvolution ? new ImageConvolution(channels, channels, kernel: 3, stride: 2, device: device) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, C, H/2, W/2]
    {
        using var scope = NewDisposeScope();
        if (conv is null)
            return scope.MoveToOuter(functional.avg_pool2d(input, kernel_size: 2, stride: 2));

        // The published encoder pads right and bottom only.
        return scope.MoveToOuter(functional.pad(input.to(conv.Format), [0, 1, 0, 1]).Then(conv));
    }

    /// <summary>Halves a map that is computed strip by strip; its sides are even.</summary>
    public RowMap Over(RowMap input, RowMemory memory) => new WindowedRows(
        input, new RowStep(channels, (rows, window) => window.Cut(call(rows), skip: 0)) { Down = 2, Below = conv is null ? 0 : 1 }, memory);
}
