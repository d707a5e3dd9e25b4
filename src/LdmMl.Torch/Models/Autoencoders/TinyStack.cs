using System.Globalization;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Layers.Rows;
using LdmMl.Torch.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>A sequence of layers, keyed by index as in an <c>nn.Sequential</c>; each activation is freed when the next exists.</summary>
internal sealed class TinyStack : Module<Tensor, Tensor>
{
    private readonly List<Module<Tensor, Tensor>> steps;

    public TinyStack(IEnumerable<Module<Tensor, Tensor>> layers) : base(nameof(TinyStack))
    {
        steps = [.. layers];
        for (var i = 0; i < steps.Count; i++)
            register_module(i.ToString(CultureInfo.InvariantCulture), steps[i]);
    }

    /// <summary>Gets the number format that it computes in.</summary>
    public ScalarType Format => steps.OfType<ImageConvolution>().First().Format;

    public override Tensor forward(Tensor input) => Run(input, steps.Count);   // [B, Cin, H, W] -> [B, Cout, H', W']

    /// <summary>Runs a stack that ends in a convolution, adds its input, and applies ReLU.</summary>
    public Tensor RunResidual(Tensor input)                      // [B, C, H, W] -> [B, C, H, W]
    {
        using var scope = NewDisposeScope();
        var h = Run(input, steps.Count - 1);
        return scope.MoveToOuter(h.IsChannelsLast()
            ? ((ImageConvolution)steps[^1]).ConvolveWith(h, input, rectifies: true)
            : h.Then(steps[^1]).ThenAdd(input).ThenRelu());
    }

    /// <summary>Computes a map strip by strip.</summary>
    public RowMap Over(RowMap input, RowMemory memory) => Over(input, steps.Count, memory);

    /// <summary>Runs a stack that ends in a convolution strip by strip, adds its input, and applies ReLU.</summary>
    public RowMap ResidualOver(SharedRows input, RowMemory memory)
    {
        var last = ((ImageConvolution)steps[^1]).Step(addend: window => input.Take(window.First, window.End), rectifies: true);
        return new ResidualRows(input, Over(input, steps.Count - 1, memory), last, memory);
    }

    /// <summary>Runs a stack of two convolutions with a normalisation and ReLU between strip by strip, and adds its input.</summary>
    public RowMap PoolOver(RowMap input, RowMemory memory)
    {
        var (widen, norm, narrow) = ((ImageConvolution)steps[0], (GroupNorm)steps[1], (ImageConvolution)steps[^1]);
        var map = KeptRows.Of(input, memory);
        var normalization = RowNormalization.Measure(new WindowedRows(map, widen.Step(), memory), norm, withSilu: false, Format);
        return new WindowedRows(map, new RowStep(map.Channels, Pool), memory);

        Tensor Pool(Tensor rows, RowWindow window)
        {
            using var scope = NewDisposeScope();
            var h = normalization.Apply([widen.call(rows.to(Format))]);
            return scope.MoveToOuter(h.ThenRelu().Then(narrow).ThenAdd(rows));
        }
    }

    private RowMap Over(RowMap input, int count, RowMemory memory)
    {
        var h = input;
        for (var i = 0; i < count; i++)
        {
            var next = i + 1 < count ? steps[i + 1] : null;
            var step = steps[i];
            h = (step, next) switch
            {
                (TinyBlock block, _) => block.Over(h, memory),
                (TorchSharp.Modules.Upsample, ImageConvolution doubled) => new WindowedRows(h, doubled.DoublingStep(), memory),
                (ImageConvolution convolution, _) => new WindowedRows(h, convolution.Step(rectifies: next is ReLU), memory),
                _ => new WindowedRows(h, new RowStep(h.Channels, (rows, _) => step.call(rows.clone())), memory),
            };
            i += (step, next) is (TorchSharp.Modules.Upsample, ImageConvolution) or (ImageConvolution, TorchSharp.Modules.ReLU) ? 1 : 0;
        }

        return h;
    }

    private Tensor Run(Tensor input, int count)
    {
        using var scope = NewDisposeScope();
        var h = input.to(Format).alias();
        for (var i = 0; i < count; i++)
        {
            var next = i + 1 < count && h.IsChannelsLast() ? Together(h, steps[i], steps[i + 1]) : null;
            i += next is null ? 0 : 1;
            h = next ?? h.Then(steps[i]);
        }

        return scope.MoveToOuter(h);
    }

    // Two steps fused where there is a kernel for it; elsewhere every module runs separately, so that hooks see its output.
    private static Tensor? Together(Tensor owned, Module<Tensor, Tensor> step, Module<Tensor, Tensor> next)
    {
        if (step is ImageConvolution convolution && next is ReLU)
            return convolution.ConvolveWith(owned, rectifies: true);
        if (step is not TorchSharp.Modules.Upsample || next is not ImageConvolution following)
            return null;
        using (owned)
            return following.ConvolveDoubled(owned);
    }
}
