using LdmMl.Torch.Layers.Rows;
using LdmMl.Torch.Tensors;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>The memory that one image takes in an autoencoder that is computed strip by strip.</summary>
/// <param name="config">The shape of the network.</param>
/// <param name="size">The size of the image.</param>
internal sealed class StripEstimate(AutoencoderConfig config, ImageSize size)
{
    // Strips in work, and the kernels' memory: a tiny autoencoder computes all of its layers in one pass.
    private const int StripsInWork = 12, StripsInWorkOfTiny = 40;

    // The image as it is given, for the network, and its result, which is copied out of inference.
    private const int Images = 4;

    private readonly long pixels = (long)size.Width * size.Height;

    /// <summary>Gets the bytes of a strip.</summary>
    public long StripBytes => config is TinyAutoencoderConfig ? RowMemory.StripBytes / 3 : RowMemory.StripBytes;

    /// <summary>Gets the bytes besides stored maps.</summary>
    public long Working => (StripBytes * (config is TinyAutoencoderConfig ? StripsInWorkOfTiny : StripsInWork)) + (Images * config.ImageChannels * pixels * sizeof(float));

    /// <summary>Gets the bytes of stored maps if none is ever computed twice.</summary>
    public long MostStored => Largest((width, below) => Math.Max(2 * width, below));

    /// <summary>Gets the bytes with which each map after a residual block is stored, and the others are computed for every pass over them.</summary>
    public long Smallest => Working + LeastStored;

    private long LeastStored => Math.Max(Largest((width, _) => width), Attention);

    // The map, its keys and values, and the result.
    private long Attention => config is ConvolutionalAutoencoderConfig { MiddleAttention: true } levels
        ? 4 * (pixels >> (2 * (levels.ChannelMultipliers.Count - 1))) * levels.BaseChannels * levels.ChannelMultipliers[^1] * sizeof(float) : 0;

    private long Largest(Func<long, long, long> channels)
    {
        if (config is not ConvolutionalAutoencoderConfig { ChannelMultipliers: var multipliers } levels)
            return config is TinyAutoencoderConfig tiny ? 2 * (pixels >> 6) * tiny.Width * sizeof(float) : 0;
        return Enumerable.Range(0, multipliers.Count).Max(level =>
            (pixels >> (2 * level)) * levels.BaseChannels * channels(multipliers[level], multipliers[Math.Min(level + 1, multipliers.Count - 1)])) * sizeof(float);
    }
}
