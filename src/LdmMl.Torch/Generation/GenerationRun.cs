using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>One generation by a model: first state, conditions, sampling, decoding. Its arguments were checked before.</summary>
internal sealed class GenerationRun(
    SharedNetwork network, AutoencoderModel autoencoder, LatentDiffusionConfig config, NoiseSchedule schedule, GenerationBatch batch,
    GenerationSettings settings)
{
    private readonly SamplingSettings sampling = settings.Sampling ?? config.Sampling;

    private ImageSize Size => new GenerationSize(settings, config, autoencoder.Config).Of(batch);

    private bool DrawsFirst => (config.Conditioning as ConcatenatedConditioning)?.Noise is not null;

    private long[] LatentShape
    {
        get
        {
            var (factor, size) = (autoencoder.Config.DownsampleFactor, Size);
            return [batch.Seeds.Count, config.UNet.OutputChannels, size.Height / factor, size.Width / factor];
        }
    }

    // An inpainting model receives the kept part as input; for any other model the sampler restores it in every step.
    private bool Blends => batch.Masks is not null && config.Conditioning is not ConcatenatedConditioning;

    /// <summary>Generates with the given receiver of reports, and tells listeners of telemetry.</summary>
    public Tensor Measure(IProgress<SamplingProgress>? progress, Func<IProgress<SamplingProgress>?, Tensor> generate) =>
        GenerationTelemetry.Measure(batch.Seeds.Count, sampling.Steps, Size, network.Device, progress, generate);

    public Tensor Images(IProgress<SamplingProgress>? progress, CancellationToken cancellationToken)   // -> [B, C, H, W]
    {
        RequireMemory(decodes: true);
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Decode(Latents(progress, cancellationToken)));
    }

    public Tensor Decode(Tensor latents)   // [B, c, h, w] -> [B, C, H, W]
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        network.Rest();
        WorkingMemory.GiveBackBefore(AutoencoderMemory.Estimate(autoencoder.Config, Size, batch.Seeds.Count, autoencoder.Precision));
        var images = autoencoder.Decode(latents);
        autoencoder.Rest();
        if (batch.Masks is null || !settings.KeepOriginalPixels)
            return scope.MoveToOuter(images);
        var painted = batch.Masks.to(CPU);
        return scope.MoveToOuter((images * painted).Plus(batch.InitialImages!.to(CPU) * (Real(1) - painted)));
    }

    public Tensor Latents(IProgress<SamplingProgress>? progress, CancellationToken cancellationToken)   // -> [B, c, h, w]
    {
        RequireMemory(decodes: false);
        using var scope = NewDisposeScope();

        // A tensor created in inference mode cannot take part in training; its copy can.
        return scope.MoveToOuter(Sample(progress, cancellationToken).to(CPU).clone());
    }

    // Before the first step, because the decoder comes only after the last.
    private void RequireMemory(bool decodes)
    {
        if (network.Device.type != DeviceType.CPU)
            return;
        var (factor, size) = (autoencoder.Config.DownsampleFactor, Size);
        UNetMemory.Require(
            config.UNet, size, new(size.Width / factor, size.Height / factor), batch.Seeds.Count, settings.GuidanceScale != 1, WorkingMemory.Free,
            network.Precision, TorchRuntime.KeepsFreedMemory);
        if (decodes)
        {
            AutoencoderMemory.Require(
                autoencoder.Config, size, batch.Seeds.Count, WorkingMemory.Free, autoencoder.Precision, TorchRuntime.KeepsFreedMemory,
                AutoencoderMemory.IsDirect(autoencoder.Convolutions));
        }
    }

    private Tensor Sample(IProgress<SamplingProgress>? progress, CancellationToken cancellationToken)
    {
        using var noise = new RowNoise(batch.Seeds);
        return Sample(noise, new SamplingOptions { Noise = noise, Progress = progress, CancellationToken = cancellationToken }, denoiser => denoiser);
    }

    /// <summary>Samples with noise from a source other than the rows' seeds.</summary>
    /// <param name="noise">The noise.</param>
    /// <param name="options">Progress and cancellation.</param>
    /// <param name="watch">Wraps the denoiser.</param>
    public Tensor Sample(INoiseSource noise, SamplingOptions options, Func<IDenoiser, IDenoiser> watch)   // -> [B, c, h, w]
    {
        options.CancellationToken.ThrowIfCancellationRequested();
        using var inference = inference_mode();
        var plan = Plan();

        // A model that adds noise to a small image draws that noise first; one that takes a masked image encodes it last.
        using var before = DrawsFirst ? Conditions(noise) : null;
        using var unguided = new UnguidedPrediction();
        using var shape = empty(LatentShape, device: network.Device);
        var begun = new InitialImageStart(autoencoder, batch, settings, Blends).Begin(plan, shape, noise, unguided);
        using var after = before is null ? Conditions(noise) : null;
        var seen = settings.ImageRule == ImageRule.DiffusersLegacyPredictedNoise ? unguided.Keep : (Action<Tensor>?)null;
        var denoiser = watch(Denoiser(before ?? after!, seen));
        var own = options with { Inpainting = begun.Inpainting, Pasting = begun.Pasting };
        return sampling.Sampler.Sample(sampling.Limit(denoiser), begun.State, plan, own);
    }

    private SamplingPlan Plan()
    {
        var plan = settings.ImageRule == ImageRule.Mean
            ? sampling.CreatePlan(schedule, settings.Strength) : sampling.CreateImagePlan(schedule, settings.Strength);
        return plan.Until(schedule.Steps * (1 - (settings.DenoisingEnd ?? 1)));
    }

    /// <summary>Prepares the batch's conditions for the network. The caller disposes them.</summary>
    /// <param name="noise">The source of the noise on small images, which is drawn first; null for the rows' own.</param>
    public RowConditions Conditions(INoiseSource? noise = null)
    {
        using var noGradient = no_grad();
        if ((config.Conditioning as ConcatenatedConditioning)?.Noise is not { } added)
            return new RowConditions(network, config.Conditioning, batch, settings, Size, autoencoder.Config, Encoder(noise));
        using var scope = NewDisposeScope();
        using var own = noise is null ? new RowNoise(batch.Seeds) : null;
        var noisy = added.AddTo(batch.LowResolutionImages!.to(CPU), added.LevelOf(settings), noise ?? own!);
        return new RowConditions(
            network, config.Conditioning, batch with { LowResolutionImages = noisy }, settings, Size, autoencoder.Config, Encoder(noise));
    }

    /// <summary>Creates a denoiser of the network with conditions and guidance.</summary>
    /// <param name="conditions">The conditions.</param>
    /// <param name="seen">Receives each unconditional prediction; null for none.</param>
    public IDenoiser Denoiser(RowConditions conditions, Action<Tensor>? seen = null)
    {
        IDenoiser guided = settings.GuidanceProjection is { } projection
            ? new ProjectedDenoiser(Of(conditions.PredictBoth), settings.GuidanceScale, projection)
            : Of(conditions.Guide(settings.GuidanceScale, settings.GuidanceRescale, seen));
        return settings.GuidanceInterval is { } interval ? new IntervalDenoiser(interval, guided, Of(conditions.Guide(scale: 1, rescale: 0))) : guided;

        NetworkDenoiser Of(Func<Tensor, Tensor, Tensor> network) => new(network, schedule, config.Prediction);
    }

    // The image rule decides how a masked image is encoded.
    private Func<Tensor, Tensor> Encoder(INoiseSource? noise) => images =>
    {
        if (settings.ImageRule == ImageRule.Mean)
            return autoencoder.Encode(images);
        using var own = noise is null ? new RowNoise(batch.Seeds) : null;
        return PosteriorSample.Of(autoencoder, images, noise ?? own!);
    };
}
