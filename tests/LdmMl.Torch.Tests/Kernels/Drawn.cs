using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels;

/// <summary>Numbers drawn for kernels, and how far two results lie apart.</summary>
internal static class Drawn
{
    public static Tensor Normal(long seed, params long[] shape)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return randn(shape, generator: generator);
    }

    /// <summary>The root mean square of an error, in parts of the root mean square of what is expected.</summary>
    public static double RelativeError(Tensor actual, Tensor expected)
    {
        var exact = expected.to(ScalarType.Float64);
        return Math.Sqrt((actual.to(ScalarType.Float64) - exact).pow(Whole(2)).mean().item<double>() / exact.pow(Whole(2)).mean().item<double>());
    }

    /// <summary>The largest error, in parts of the root mean square of what is expected.</summary>
    public static double WorstError(Tensor actual, Tensor expected)
    {
        var exact = expected.to(ScalarType.Float64);
        return LargestError(actual, exact) / Math.Sqrt(exact.pow(Whole(2)).mean().item<double>());
    }

    public static double LargestError(Tensor actual, Tensor expected) =>
        (actual.to(ScalarType.Float64) - expected.to(ScalarType.Float64)).abs().max().item<double>();

    /// <summary>Says whether two results of finite numbers are the same to the last bit.</summary>
    public static bool Same(Tensor first, Tensor second) => first.shape.SequenceEqual(second.shape) && first.eq(second).all().item<bool>();
}
