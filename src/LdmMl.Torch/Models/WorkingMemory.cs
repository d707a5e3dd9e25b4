using System.Globalization;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using TorchSharp;

namespace LdmMl.Torch.Models;

/// <summary>
/// The memory that images take on their way through a network, as far as its shape tells: a pass that cannot succeed is refused before it begins, instead of
/// ending the process. <c>tests/LdmMl.Benchmarks -- passes</c> prints estimates beside measured peaks.
/// </summary>
internal static class WorkingMemory
{
    // How many tensors as large as the largest activation lie in memory at once; libtorch's own convolutions take half as much again.
    private const int Activations = 3, ActivationsOfTiny = 4;

    // Beside the maps that it keeps for its way up, a U-Net holds the joined map of a block, its normalised form, and what convolutions make of them.
    private const int JoinedMaps = 4;

    // Where freed memory is kept (TorchRuntime.KeepFreedMemory), holes between what is kept take as much again.
    private const int Holes = 2;

    // Less than this is not worth asking the system how much is free.
    private const long Negligible = 256L << 20;

    /// <summary>Estimates the bytes that images of one size take in a pass through an autoencoder.</summary>
    public static long Estimate(AutoencoderConfig config, ImageSize size, int images, ModelPrecision precision = ModelPrecision.Float32) =>
        (config is TinyAutoencoderConfig ? ActivationsOfTiny : Activations) * SizeOf(precision) * LargestActivation(config, (long)size.Width * size.Height) * images;

    /// <summary>Estimates the bytes that latents of one size take in a pass through a U-Net.</summary>
    public static long Estimate(UNetConfig config, ImageSize latent, int rows, ModelPrecision precision = ModelPrecision.Float32)
    {
        var (pixels, kept, widest) = ((long)latent.Width * latent.Height, 0L, 0L);
        var levels = config.ChannelMultipliers;
        for (var level = 0; level < levels.Count; level++)
        {
            long map = pixels >> (2 * level), width = (long)config.BaseChannels * levels[level];
            var below = (long)config.BaseChannels * levels[Math.Min(level + 1, levels.Count - 1)];
            kept += map * ((config.ResidualBlocks * width) + ((long)config.BaseChannels * levels[Math.Max(level - 1, 0)]));
            widest = Math.Max(widest, map * (Math.Max(width, below) + width));
        }

        return SizeOf(precision) * (kept + (JoinedMaps * widest)) * rows;
    }

    /// <summary>Throws if a pass takes more memory than is free on the CPU.</summary>
    /// <param name="network">Where and how it computes.</param>
    /// <param name="config">Its shape.</param>
    /// <param name="size">The size of the images.</param>
    /// <param name="images">How many pass at once.</param>
    /// <exception cref="WorkingMemoryException">There is not enough memory; the message says what to do.</exception>
    public static void Require(SharedNetwork network, AutoencoderConfig config, ImageSize size, int images)
    {
        if (network.Device.type == DeviceType.CPU)
            Require(config, size, images, Free, network.Precision, TorchRuntime.KeepsFreedMemory);
    }

    /// <summary>Throws if a pass takes more memory than is free.</summary>
    /// <exception cref="WorkingMemoryException">There is not enough memory; the message says what to do.</exception>
    public static void Require(
        AutoencoderConfig config, ImageSize size, int images, Func<long> free, ModelPrecision precision = ModelPrecision.Float32,
        bool keepsFreed = false) =>
        Require("autoencoder", size, images, Estimate(config, size, 1, precision) * (keepsFreed ? Holes : 1), free);

    /// <summary>Throws if a step of generation takes more memory than is free.</summary>
    /// <param name="config">The U-Net.</param>
    /// <param name="size">The size of the images.</param>
    /// <param name="latent">The size of their latents.</param>
    /// <param name="images">How many are generated at once.</param>
    /// <param name="isGuided">Whether the network sees each of them twice.</param>
    /// <param name="free">Returns how many bytes are free.</param>
    /// <param name="precision">The number format.</param>
    /// <param name="keepsFreed">Whether the process keeps freed memory.</param>
    /// <exception cref="WorkingMemoryException">There is not enough memory; the message says what to do.</exception>
    public static void Require(
        UNetConfig config, ImageSize size, ImageSize latent, int images, bool isGuided, Func<long> free,
        ModelPrecision precision = ModelPrecision.Float32, bool keepsFreed = false) =>
        Require("U-Net", size, images, Estimate(config, latent, isGuided ? 2 : 1, precision) * (keepsFreed ? Holes : 1), free);

    /// <summary>Gets the bytes of memory that are free: of the machine, or of the container where that is less.</summary>
    public static long Free()
    {
        var info = GC.GetGCMemoryInfo();
        return Math.Min(info.TotalAvailableMemoryBytes, LinuxAvailable() ?? info.TotalAvailableMemoryBytes - info.MemoryLoadBytes);
    }

    private static void Require(string network, ImageSize size, int images, long one, Func<long> free)
    {
        var needed = one * images;
        if (needed >= Negligible && free() is var available && needed > available)
            throw new WorkingMemoryException(network, size, images, needed, available, fitting: (int)(available / one));
    }

    private static long SizeOf(ModelPrecision precision) => precision == ModelPrecision.BFloat16 ? sizeof(ushort) : sizeof(float);

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

    private static long? LinuxAvailable()
    {
        const string Path = "/proc/meminfo", Entry = "MemAvailable:";
        if (!OperatingSystem.IsLinux() || !File.Exists(Path))
            return null;
        var line = File.ReadLines(Path).FirstOrDefault(line => line.StartsWith(Entry, StringComparison.Ordinal));
        var number = line?[Entry.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.TryParse(number, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes << 10 : null;
    }
}
