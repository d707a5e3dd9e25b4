using LdmMl.Torch.Layers;
using LdmMl.Torch.Layers.Rows;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>
/// Residual block of the tiny autoencoders: three 3x3 convolutions with ReLU between; a normalised 1x1 branch first if the config has it.
/// </summary>
internal sealed class TinyBlock : Module<Tensor, Tensor>
{
    private const int PoolGroups = 4;

    // Field names are checkpoint keys ("3.conv.0.weight", "11.pool.1.weight").
    private readonly TinyStack conv;
    private readonly TinyStack? pool;

    public TinyBlock(int width, bool withPool, Device? device) : base(nameof(TinyBlock))
    {
        conv = new TinyStack([Wide(width, device), ReLU(inplace: true), Wide(width, device), ReLU(inplace: true), Wide(width, device)]);
        pool = withPool ? Pool(width, device) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, C, H, W]
    {
        using var scope = NewDisposeScope();
        if (pool is null)
            return scope.MoveToOuter(conv.RunResidual(input));
        using var x = pool.call(input).ThenAdd(input);
        return scope.MoveToOuter(conv.RunResidual(x));
    }

    /// <summary>Computes a map strip by strip.</summary>
    public RowMap Over(RowMap input, RowMemory memory) => conv.ResidualOver(new SharedRows(pool?.PoolOver(input, memory) ?? input, memory), memory);

    private static ImageConvolution Wide(int width, Device? device) => new ImageConvolution(width, width, kernel: 3, padding: 1, device: device);

    private static TinyStack Pool(int width, Device? device)
    {
        var wide = PoolGroups * width;
        return new TinyStack(
        [
            new ImageConvolution(width, wide, kernel: 1, bias: false, device: device),
            GroupNormalization.Create(PoolGroups, wide, epsilon: 1e-5, device),
            ReLU(inplace: true),
            new ImageConvolution(wide, width, kernel: 1, bias: false, device: device),
        ]);
    }
}
