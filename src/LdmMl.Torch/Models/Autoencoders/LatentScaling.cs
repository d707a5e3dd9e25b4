using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>
/// Converts between raw and scaled latents: with one shift and scale for all channels, or with a mean and a deviation for each, as in the SDXL
/// pipelines of
/// diffusers.
/// </summary>
/// <param name="config">The autoencoder's config.</param>
internal readonly struct LatentScaling(AutoencoderConfig config)
{
    private KlAutoencoderConfig? Channels => config is KlAutoencoderConfig { LatentMeans: not null } channels ? channels : null;

    /// <summary>Scales raw latents [B, c, h, w] in place.</summary>
    public Tensor Apply(Tensor raw)
    {
        if (Channels is not { } channels)
            return raw.sub_(Real(config.LatentShift)).mul_(Real(config.LatentScale));
        return raw.sub_(Column(channels.LatentMeans!, raw)).mul_(Factors(channels, raw));
    }

    /// <summary>Scales deviations of raw latents [B, c, h, w] in place.</summary>
    public Tensor ApplyToDeviations(Tensor deviations) =>
        Channels is { } channels ? deviations.mul_(Factors(channels, deviations)) : deviations.mul_(Real(config.LatentScale));

    /// <summary>Returns the raw latents [B, c, h, w] of scaled ones.</summary>
    public Tensor Undo(Tensor latents)
    {
        if (Channels is not { } channels)
            return (latents / Real(config.LatentScale)).add_(Real(config.LatentShift));
        return (latents / Factors(channels, latents)).add_(Column(channels.LatentMeans!, latents), Whole(1));
    }

    private static Tensor Factors(KlAutoencoderConfig channels, Tensor like) =>
        Column([.. channels.LatentDeviations!.Select(deviation => channels.LatentScale / deviation)], like);

    private static Tensor Column(IReadOnlyList<double> values, Tensor like) =>
        tensor(values.Select(value => (float)value).ToArray(), device: like.device).reshape(1, -1, 1, 1);
}
