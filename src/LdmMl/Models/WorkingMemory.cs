using System.Globalization;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;

namespace LdmMl.Models;

/// <summary>
/// The memory that images take on their way through an autoencoder on the CPU, at the least: a pass that cannot succeed is refused before it
/// begins, instead of ending the process.
/// </summary>
internal static class WorkingMemory
{
    // How many tensors as large as the largest activation lie in memory at once. Measured peaks are 5 (KL, factor 4) to 9 (TAESD) of them.
    private const int Activations = 5;

    // Less than this is not worth asking the system how much is free.
    private const long Negligible = 256L << 20;

    /// <summary>Estimates the bytes that images of one size take in a pass through the network.</summary>
    public static long Estimate(AutoencoderConfig config, ImageSize size, int images) =>
        Activations * sizeof(float) * LargestActivation(config, (long)size.Width * size.Height) * images;

    /// <summary>Throws if the pass takes more memory than is free.</summary>
    /// <param name="config">The network.</param>
    /// <param name="size">The size of the images.</param>
    /// <param name="images">How many pass at once.</param>
    /// <param name="free">Returns how many bytes are free.</param>
    /// <exception cref="InvalidOperationException">There is not enough memory; the message says what to do.</exception>
    public static void Require(AutoencoderConfig config, ImageSize size, int images, Func<long> free)
    {
        var needed = Estimate(config, size, images);
        if (needed < Negligible || free() is var available && needed <= available)
            return;
        var one = Estimate(config, size, 1);
        var cure = one <= available
            ? Wording.Of($"Set {nameof(ModelTransformOptions.BatchSize)} to {available / one}, or make them smaller{WithResizing}.")
            : Wording.Of($"Make them smaller{WithResizing} (generated images: by {nameof(ImageSize.Width)} and {nameof(ImageSize.Height)}{Wording.ForCode(" of the settings")}).");
        throw WordedException.Of(
            $"{(images == 1 ? $"An image of {size} takes" : $"{images} images of {size} at once take")} at least {Gigabytes(needed)} of memory "
            + $"in the autoencoder, and {Gigabytes(available)} are free. {cure}",
            message => new InvalidOperationException(message));
    }

    private static Wording WithResizing => Wording.ForCode(" with ResizeImagesAntialiased");

    /// <summary>Gets the bytes of memory that are free: of the machine, or of the container where that is less.</summary>
    public static long Free()
    {
        var info = GC.GetGCMemoryInfo();
        return Math.Min(info.TotalAvailableMemoryBytes, LinuxAvailable() ?? info.TotalAvailableMemoryBytes - info.MemoryLoadBytes);
    }

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

    private static string Gigabytes(long bytes) => $"{(bytes / 1e9).ToString("F1", CultureInfo.InvariantCulture)} GB";
}
