using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Sharing;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>One call of an opened model: first state, conditions, sampling, decoding. What it is given was checked at the door.</summary>
internal sealed class GenerationRun(
    SharedNetwork network, AutoencoderModel autoencoder, LatentDiffusionConfig config, NoiseSchedule schedule, GenerationBatch batch,
    GenerationSettings settings)
{
    private readonly SamplingSettings sampling = settings.Sampling ?? config.Sampling;

    // An inpainting model sees what is kept; with any other the sampler puts it back in every step.
    private bool Blends => batch.Masks is not null && config.Conditioning is not ConcatenatedConditioning;

    public Tensor Images(Action<SamplingProgress>? onStep, CancellationToken cancellationToken)   // -> [B, C, H, W]
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Decode(Latents(onStep, cancellationToken)));
    }

    public Tensor Decode(Tensor latents)   // [B, c, h, w] -> [B, C, H, W]
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var images = autoencoder.Decode(latents);
        if (batch.Masks is null || !settings.KeepOriginalPixels)
            return scope.MoveToOuter(images);
        var painted = batch.Masks.to(CPU);
        return scope.MoveToOuter((images * painted).Plus(batch.InitialImages!.to(CPU) * (Real(1) - painted)));
    }

    public Tensor Latents(Action<SamplingProgress>? onStep, CancellationToken cancellationToken)   // -> [B, c, h, w]
    {
        using var scope = NewDisposeScope();

        // A tensor made in inference mode could not take part in training; its copy can.
        return scope.MoveToOuter(Sample(onStep, cancellationToken).to(CPU).clone());
    }

    private Tensor Sample(Action<SamplingProgress>? onStep, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var inference = inference_mode();
        using var noise = new RowNoise(batch.Seeds);
        var sampler = sampling.CreateSampler();
        var plan = sampling.CreatePlan(schedule, settings.Strength);
        var original = Blends || settings.Strength < 1 ? autoencoder.Encode(batch.InitialImages!).to(network.Device) : null;
        var options = new SamplingOptions
        {
            Noise = noise,
            Inpainting = Blends ? new Inpainting(original!, KeptLatents()) : null,
            OnStep = onStep,
            CancellationToken = cancellationToken,
        };
        var conditions = new RowConditions(network, autoencoder, config.Conditioning, batch);
        var denoiser = new NetworkDenoiser(conditions.Guide(settings.GuidanceScale, settings.GuidanceRescale), schedule, config.Prediction);
        return sampler.Sample(sampling.Limit(denoiser), FirstState(noise, plan, original), plan, options);
    }

    private Tensor KeptLatents() => LatentMasks.Kept(batch.Masks!.to(network.Device), autoencoder.Config.DownsampleFactor);   // -> [B, 1, h, w]

    private Tensor FirstState(RowNoise noise, SamplingPlan plan, Tensor? original)
    {
        var (factor, size) = (autoencoder.Config.DownsampleFactor, GenerationSize.Of(batch, settings, config, autoencoder.Config));
        using var shape = empty([batch.Seeds.Count, config.UNet.OutputChannels, size.Height / factor, size.Width / factor], device: network.Device);
        return plan.FirstState(noise.Draw(shape), settings.Strength < 1 ? original : null);
    }
}
