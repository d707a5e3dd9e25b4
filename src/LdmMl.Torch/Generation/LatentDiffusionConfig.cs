using System.Globalization;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Torch.Generation;

/// <summary>The description of a latent diffusion model without its first stage: network, noise schedule, conditioning and sampling.</summary>
public sealed record LatentDiffusionConfig
{
    /// <summary>Gets the shape of the U-Net.</summary>
    public required UNetConfig UNet { get; init; }

    /// <summary>Gets the noise schedule that the model was, or will be, trained on.</summary>
    /// <value>Default: <see cref="NoiseScheduleConfig.LatentDiffusion"/>.</value>
    public NoiseScheduleConfig Schedule { get; init; } = NoiseScheduleConfig.LatentDiffusion;

    /// <summary>Gets what the U-Net predicts.</summary>
    /// <value>Default: <see cref="Prediction.Epsilon"/>.</value>
    public Prediction Prediction { get; init; } = Prediction.Epsilon;

    /// <summary>Gets what the model is conditioned on.</summary>
    /// <value>Default: <see cref="Conditioning.None"/>.</value>
    public Conditioning Conditioning { get; init; } = Conditioning.None;

    /// <summary>
    /// Gets the height of the training latents, in latent pixels; images are generated in this size by default.
    /// </summary>
    public required int LatentHeight { get; init; }

    /// <summary>Gets the width of the training latents, in latent pixels.</summary>
    public required int LatentWidth { get; init; }

    /// <summary>Gets the default sampling of the model.</summary>
    /// <value>Default: 50 steps of DDIM.</value>
    public SamplingSettings Sampling { get; init; } = new();

    /// <summary>Checks that the parts fit each other and the first stage, before a network is built from them.</summary>
    /// <exception cref="ArgumentException">Some do not fit; the message says which, and what is needed.</exception>
    internal void Validate(AutoencoderConfig autoencoder)
    {
        UNet.Validate();
        Schedule.Validate();
        Conditioning.Validate();
        Check.Defined(Prediction);
        Check.That(
            !Schedule.ZeroTerminalSnr || Schedule.TerminalAlphaBar > 0 || Prediction != Prediction.Epsilon, Prediction,
            $"it must be {Prediction.Velocity} or {Prediction.Start} if the schedule has zero terminal SNR: "
            + $"at its last step epsilon says nothing about the image");
        Require(UNet.CodebookSize is null, "the U-Net predicts indices of a codebook, which this library cannot decode.");
        RequireDivisible(LatentHeight, nameof(LatentHeight));
        RequireDivisible(LatentWidth, nameof(LatentWidth));
        ValidateChannels(autoencoder);
        ValidateConditions();
        Require(
            autoencoder is not KlAutoencoderConfig { LatentMeans: not null } || Conditioning.CrossAttention?.Vector is not null,
            $"the first stage has a mean and a standard deviation per latent channel ({nameof(KlAutoencoderConfig.LatentMeans)}, latents_mean), which only "
            + $"SDXL applies; leave them out, or give the model a {nameof(VectorConditioning)}.");
    }

    /// <summary>Checks that the default sampling is possible; a model read from files may have another one, which its user replaces.</summary>
    /// <exception cref="ArgumentException">It is not; the message says why.</exception>
    internal void ValidateSampling()
    {
        if (Sampling.Sampler is not UnsupportedSampler)
            Sampling.CreatePlan(new NoiseSchedule(Schedule));
    }

    private void ValidateChannels(AutoencoderConfig autoencoder)
    {
        var beside = Conditioning is ConcatenatedConditioning concatenated
            ? concatenated.ChannelsFor(autoencoder.LatentChannels, autoencoder.ImageChannels) : 0;
        var needed = autoencoder.LatentChannels + beside;
        Require(UNet.InputChannels == needed, $"the U-Net takes {UNet.InputChannels} channels, but the first stage's latents have "
            + $"{autoencoder.LatentChannels}{(beside > 0 ? $" and {beside} more are concatenated" : "")}; "
            + $"{nameof(UNetConfig.InputChannels)} must be {needed}.");
        Require(
            UNet.OutputChannels == autoencoder.LatentChannels,
            $"the U-Net gives {UNet.OutputChannels} channels, but the first stage's latents have "
            + $"{autoencoder.LatentChannels}; {nameof(UNetConfig.OutputChannels)} must be equal to that.");
    }

    private void ValidateConditions()
    {
        var labels = Conditioning as LabelConditioning;
        var context = Conditioning.CrossAttention;
        var classes = labels?.Input == LabelInput.TimeEmbedding ? labels.NetworkCount : (Conditioning as ConcatenatedConditioning)?.Noise?.Levels;
        Require(UNet.LabelCount == classes,
            $"the U-Net has embeddings for {UNet.LabelCount?.ToString(CultureInfo.InvariantCulture) ?? "no"} labels, but the conditioning has "
            + $"{classes?.ToString(CultureInfo.InvariantCulture) ?? "none"}"
            + $"{(labels?.HasNullLabel == true ? " (the null label included)" : "")}; "
            + $"set {nameof(UNetConfig)}.{nameof(UNetConfig.LabelCount)} to that.");
        var needsContext = context is not null || labels?.Input == LabelInput.ContextToken;
        Require(UNet.ContextDimension is not null == needsContext, needsContext
            ? $"the conditioning has tokens, but the U-Net has no cross-attention; set {nameof(UNetConfig)}.{nameof(UNetConfig.ContextDimension)}."
            : "the U-Net has cross-attention, but the conditioning has no tokens for it.");
        ValidateVector(context?.Vector);
        Require(context is null || context.Dimension == UNet.ContextDimension,
            $"the tokens are {context?.Dimension} wide, but the U-Net's cross-attention takes tokens {UNet.ContextDimension} wide; both must be the same.");
    }

    private void ValidateVector(VectorConditioning? vector)
    {
        Require(UNet.VectorDimension is null || vector is not null, "the U-Net takes a vector in addition to the time, but the conditioning has none.");
        Require(
            vector is null || (vector.Dimension == UNet.VectorDimension && vector.SizeDimension == UNet.SizeDimension),
            $"the conditioning has a vector of width {vector?.Dimension} with sizes of width {vector?.SizeDimension}, but the U-Net takes {UNet.VectorDimension} "
            + $"and {UNet.SizeDimension}; both must be the same.");
    }

    private void RequireDivisible(int side, string name) => Require(
        side > 0 && side % UNet.DownsampleFactor == 0,
        $"{name} is {side}; it must be a positive multiple of {UNet.DownsampleFactor}, because the U-Net has {UNet.ChannelMultipliers.Count} levels.");

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new ArgumentException($"{nameof(LatentDiffusionConfig)}: {message}");
    }
}
