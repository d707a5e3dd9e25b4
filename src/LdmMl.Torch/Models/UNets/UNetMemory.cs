using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Models.UNets;

/// <summary>The memory that latents take on their way through a U-Net (<see cref="WorkingMemory"/>).</summary>
internal static class UNetMemory
{
    // Beside the skip connections, a U-Net holds the joined map of a block, its normalised form, the results of convolutions, and the kernels'
    // working memory; `tests/LdmMl.Benchmarks -- passes` measures it.
    private const int JoinedMaps = 7;

    /// <summary>Estimates the bytes that latents of one size take in a pass.</summary>
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

        return WorkingMemory.SizeOf(precision) * (kept + (JoinedMaps * widest)) * rows;
    }

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
        WorkingMemory.Require("U-Net", size, images, Estimate(config, latent, isGuided ? 2 : 1, precision), free, keepsFreed);
}
