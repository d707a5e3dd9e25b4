using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>
/// The steps of a forward pass, written in the order in which they happen. Each step owns the tensor that it is called on:
/// it overwrites it if no gradient needs it, and otherwise frees it as soon as the next one exists,
/// so that a network's peak memory is a few activations and not their sum.
/// </summary>
internal static class ForwardSteps
{
    /// <summary>Runs a module on an intermediate tensor and frees the intermediate.</summary>
    public static Tensor Then(this Tensor owned, Module<Tensor, Tensor> next)
    {
        var result = next.call(owned);
        owned.Dispose();
        return result;
    }

    /// <summary>Converts to a number format.</summary>
    public static Tensor ThenTo(this Tensor owned, ScalarType format) =>
        owned.dtype == format ? owned : owned.to(format, disposeAfter: true);

    /// <summary>x * sigmoid(x).</summary>
    public static Tensor ThenSilu(this Tensor owned)
    {
        if (!owned.requires_grad)
            return WholeVectors.Silu(owned);
        var result = functional.silu(owned);
        owned.Dispose();
        return result;
    }

    /// <summary>max(x, 0).</summary>
    public static Tensor ThenRelu(this Tensor owned)
    {
        if (!owned.requires_grad)
            return owned.relu_().OrSame(owned);
        var result = owned.relu();
        owned.Dispose();
        return result;
    }

    /// <summary>Adds a tensor that the caller still owns.</summary>
    public static Tensor ThenAdd(this Tensor owned, Tensor other)
    {
        if (!owned.requires_grad && !other.requires_grad)
            return owned.add_(other, Whole(1)).OrSame(owned);
        var result = owned.Plus(other);
        owned.Dispose();
        return result;
    }

    /// <summary>Multiplies by a tensor that the caller still owns.</summary>
    public static Tensor ThenMultiply(this Tensor owned, Tensor other)
    {
        if (!owned.requires_grad && !other.requires_grad)
            return owned.mul_(other).OrSame(owned);
        var result = owned * other;
        owned.Dispose();
        return result;
    }

    // TorchSharp's in-place operators return a second handle to the same memory; one of the two is enough.
    private static Tensor OrSame(this Tensor result, Tensor owned)
    {
        if (!ReferenceEquals(result, owned))
            owned.Dispose();
        return result;
    }
}
