using LdmMl.Torch.Kernels.ChannelsLast;
using LdmMl.Torch.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers.Rows;

/// <summary>
/// A group normalisation whose statistics were gathered over a whole map, in double. Channels last they are those of
/// <see cref="PixelGroupActivation"/> to the last bit.
/// </summary>
internal sealed class RowNormalization
{
    private readonly float[] factors, summands;
    private readonly bool withSilu;
    private readonly ScalarType format;

    private RowNormalization((float[] Factors, float[] Summands) with, bool withSilu, ScalarType format) =>
        (factors, summands, this.withSilu, this.format) = (with.Factors, with.Summands, withSilu, format);

    /// <summary>Reads a map for its statistics.</summary>
    /// <param name="map">The map.</param>
    /// <param name="norm">The normalisation.</param>
    /// <param name="withSilu">Whether SiLU follows.</param>
    /// <param name="format">The number format of the next layer.</param>
    public static RowNormalization Measure(RowMap map, GroupNorm norm, bool withSilu, ScalarType format = ScalarType.Float32)
    {
        using var moments = new PixelMomentStream((int)map.Channels, (int)norm.num_groups);
        foreach (var strip in map.Read(0, last: false))
        {
            using (strip)
                Add(moments, strip, (int)norm.num_groups);
        }

        using var scope = NewDisposeScope();
        return new RowNormalization(moments.Fold(Values(norm.weight!), Values(norm.bias!), norm.eps), withSilu, format);
    }

    /// <summary>Normalises strips.</summary>
    /// <param name="owned">Strips [1, C, rows, W] of one format; freed.</param>
    /// <returns>All their rows as one strip. The caller disposes it.</returns>
    public Tensor Apply(Tensor[] owned)
    {
        using var scope = NewDisposeScope();
        var result = owned.All(strip => strip.dtype == ScalarType.Float32 && strip.IsChannelsLast())
            ? PixelAffine.Run(owned, factors, summands, withSilu)
            : ApplyPlain(owned);
        Array.ForEach(owned, strip => strip.Dispose());
        return result.DetachFromDisposeScope();
    }

    private static void Add(PixelMomentStream moments, Tensor strip, int groups)
    {
        if (strip.dtype == ScalarType.Float32 && strip.IsChannelsLast())
        {
            moments.Add(strip);
            return;
        }

        using var scope = NewDisposeScope();
        var values = strip.to(ScalarType.Float64).reshape(groups, -1);
        var means = values.mean([1L], keepdim: true);
        var squares = (values - means).pow_(Whole(2)).sum(1);
        moments.Add(values.shape[1], means.data<double>().ToArray(), squares.data<double>().ToArray());
    }

    private Tensor ApplyPlain(Tensor[] strips)
    {
        var joined = strips is [var one] ? one.contiguous() : cat(strips, dim: 2).contiguous();
        var normalised = (joined.to(ScalarType.Float32) * Column(factors)).add_(Column(summands), Whole(1)).to(format);
        return withSilu ? normalised.ThenSilu() : normalised;
    }

    private static Tensor Column(float[] values) => tensor(values).reshape(1, -1, 1, 1);

    private static float[] Values(Tensor tensor) => tensor.detach().to(ScalarType.Float32).data<float>().ToArray();
}
