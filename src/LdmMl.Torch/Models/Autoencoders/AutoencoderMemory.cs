using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using TorchSharp;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>The memory that images need in a pass through an autoencoder (<see cref="WorkingMemory"/>).</summary>
internal static class AutoencoderMemory
{
    // How many tensors as large as the largest activation exist at once, in tenths; `tests/LdmMl.Benchmarks -- passes` measures it.
    private const int Activations = 32, ActivationsOfTiny = 35, DirectActivations = 43;
    private const int Tenths = 10;

    /// <summary>Estimates the bytes that images of one size take in a pass.</summary>
    /// <param name="config">The shape of the network.</param>
    /// <param name="size">The size of the images.</param>
    /// <param name="images">How many pass at once.</param>
    /// <param name="precision">The number format.</param>
    /// <param name="isDirect">Whether libtorch computes the convolutions, which lays out each image and its result once more.</param>
    public static long Estimate(
        AutoencoderConfig config, ImageSize size, int images, ModelPrecision precision = ModelPrecision.Float32, bool isDirect = false)
    {
        var activations = isDirect ? DirectActivations : config is TinyAutoencoderConfig ? ActivationsOfTiny : Activations;
        return WorkingMemory.SizeOf(precision) * LargestActivation(config, (long)size.Width * size.Height) * activations / Tenths * images;
    }

    /// <summary>Throws if a pass takes more memory than is free on the CPU.</summary>
    /// <param name="network">The network, with its device and number format.</param>
    /// <param name="config">Its shape.</param>
    /// <param name="size">The size of the images.</param>
    /// <param name="images">How many are processed at once.</param>
    /// <exception cref="WorkingMemoryException">There is not enough memory; the message says what to do.</exception>
    public static void Require(SharedNetwork network, AutoencoderConfig config, ImageSize size, int images)
    {
        if (network.Device.type == DeviceType.CPU)
            Require(config, size, images, WorkingMemory.Free, network.Precision, TorchRuntime.KeepsFreedMemory, IsDirect(ConvolutionScope.Current));
    }

    /// <summary>Throws if a pass takes more memory than is free.</summary>
    /// <exception cref="WorkingMemoryException">There is not enough memory; the message says what to do.</exception>
    public static void Require(
        AutoencoderConfig config, ImageSize size, int images, Func<long> free, ModelPrecision precision = ModelPrecision.Float32,
        bool keepsFreed = false, bool isDirect = false) =>
        WorkingMemory.Require("autoencoder", size, images, Estimate(config, size, 1, precision, isDirect), free, keepsFreed);

    /// <summary>Determines whether libtorch computes the convolutions in a mode.</summary>
    public static bool IsDirect(ConvolutionMode mode) => mode == ConvolutionMode.Direct || !WinogradConvolution.IsSupported;

    private static long LargestActivation(AutoencoderConfig config, long pixels)
    {
        if (config is TinyAutoencoderConfig tiny)
            return tiny.Width * pixels;
        if (config is not ConvolutionalAutoencoderConfig { ChannelMultipliers: var multipliers } levels)
            return config.ImageChannels * pixels;
        // A decoder's level begins with as many channels as the smaller level below it has.
        return Enumerable.Range(0, multipliers.Count)
            .Max(level => (pixels >> (2 * level)) * levels.BaseChannels * Math.Max(multipliers[level], Below(level)));

        int Below(int level) => multipliers[Math.Min(level + 1, multipliers.Count - 1)];
    }
}
