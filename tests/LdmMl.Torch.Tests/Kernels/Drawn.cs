using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels;

/// <summary>Random numbers for kernels, and the distance between two results.</summary>
internal static class Drawn
{
    public static Tensor Normal(long seed, params long[] shape)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return randn(shape, generator: generator);
    }

    /// <summary>The root mean square of an error, relative to the root mean square of the expected values.</summary>
    public static double RelativeError(Tensor actual, Tensor expected)
    {
        var exact = expected.to(ScalarType.Float64);
        return Math.Sqrt((actual.to(ScalarType.Float64) - exact).pow(Whole(2)).mean().item<double>() / exact.pow(Whole(2)).mean().item<double>());
    }

    /// <summary>The largest error, relative to the root mean square of the expected values.</summary>
    public static double WorstError(Tensor actual, Tensor expected)
    {
        var exact = expected.to(ScalarType.Float64);
        return LargestError(actual, exact) / Math.Sqrt(exact.pow(Whole(2)).mean().item<double>());
    }

    public static double LargestError(Tensor actual, Tensor expected) =>
        (actual.to(ScalarType.Float64) - expected.to(ScalarType.Float64)).abs().max().item<double>();

    /// <summary>Returns whether two results of finite numbers are bit-identical.</summary>
    public static bool Same(Tensor first, Tensor second) => first.shape.SequenceEqual(second.shape) && first.eq(second).all().item<bool>();
}
