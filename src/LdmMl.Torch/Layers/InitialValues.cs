using LdmMl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// The random values that a layer is built with, which <see cref="Skip"/> leaves out where a file is about to replace them: for a network of a
/// thousand million weights they take longer than to read it.
/// </summary>
internal readonly ref struct InitialValues
{
    [ThreadStatic]
    private static bool isSkipped;

    private readonly bool outer;

    private InitialValues(bool skips)
    {
        outer = isSkipped;
        isSkipped = skips;
    }

    /// <summary>Leaves the values of layers built on this thread undefined until it is disposed; every one must be replaced.</summary>
    public static InitialValues Skip() => new(skips: true);

    /// <summary>Creates the tensor of a weight, whose values are undefined until they are drawn or replaced.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="device">Its device; null for the default.</param>
    public static Tensor Undefined(long[] shape, Device? device) =>
        isSkipped && device is null or { type: DeviceType.CPU } ? ResultMemory.Empty(shape) : empty(shape, device: device);

    /// <summary>Draws values between -bound and bound, PyTorch's default of convolutions and linear layers.</summary>
    public static void Uniform(Tensor values, double bound)
    {
        if (!isSkipped)
            nn.init.uniform_(values, -bound, bound);
    }

    /// <summary>Draws values from a normal distribution of mean 0.</summary>
    public static void Normal(Tensor values, double deviation)
    {
        if (!isSkipped)
            nn.init.normal_(values, 0, deviation);
    }

    public void Dispose() => isSkipped = outer;
}
