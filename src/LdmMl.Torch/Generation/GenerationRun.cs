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

/// <summary>One call of an opened model: first state, conditions, sampling, decoding. Its arguments were checked before.</summary>
internal sealed class GenerationRun(
    SharedNetwork network, AutoencoderModel autoencoder, LatentDiffusionConfig config, NoiseSchedule schedule, GenerationBatch batch,
    GenerationSettings settings)
{
    private readonly SamplingSettings sampling = settings.Sampling ?? config.Sampling;

    private ImageSize Size => new GenerationSize(settings, config, autoencoder.Config).Of(batch);

    // An inpainting model sees what is kept; with any other the sampler puts it back in every step.
    private bool Blends => batch.Masks is not null && config.Conditioning is not ConcatenatedConditioning;

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
        var images = autoencoder.Decode(latents);
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

    // Before the first step, for the decoder comes after the last.
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
                autoencoder.Config, size, batch.Seeds.Count, WorkingMemory.Free, autoencoder.Precision, TorchRuntime.KeepsFreedMemory);
        }
    }

    private Tensor Sample(IProgress<SamplingProgress>? progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var inference = inference_mode();
        using var noise = new RowNoise(batch.Seeds);
        var plan = sampling.CreatePlan(schedule, settings.Strength).Until(schedule.Steps * (1 - (settings.DenoisingEnd ?? 1)));
        var original = Blends || settings.Strength < 1 ? autoencoder.Encode(batch.InitialImages!).to(network.Device) : null;
        var options = new SamplingOptions
        {
            Noise = noise,
            Inpainting = Blends ? new Inpainting(original!, KeptLatents()) : null,
            Progress = progress,
            CancellationToken = cancellationToken,
        };
        using var conditions = Conditions(noise);
        return sampling.Sampler.Sample(sampling.Limit(Denoiser(conditions)), FirstState(noise, plan, original), plan, options);
    }

    /// <summary>Brings the batch's conditions to the network. The caller disposes them.</summary>
    /// <param name="noise">Where the noise on small images comes from, before anything else is drawn; null for the rows' own.</param>
    public RowConditions Conditions(INoiseSource? noise = null)
    {
        using var noGradient = no_grad();
        if ((config.Conditioning as ConcatenatedConditioning)?.Noise is not { } added)
            return new RowConditions(network, autoencoder, config.Conditioning, batch, settings, Size);
        using var scope = NewDisposeScope();
        using var own = noise is null ? new RowNoise(batch.Seeds) : null;
        var noisy = added.AddTo(batch.LowResolutionImages!.to(CPU), added.LevelOf(settings), noise ?? own!);
        return new RowConditions(network, autoencoder, config.Conditioning, batch with { LowResolutionImages = noisy }, settings, Size);
    }

    /// <summary>Creates a denoiser of the network with conditions and guidance.</summary>
    public NetworkDenoiser Denoiser(RowConditions conditions) =>
        new(conditions.Guide(settings.GuidanceScale, settings.GuidanceRescale), schedule, config.Prediction);

    private Tensor KeptLatents() => LatentMasks.Kept(batch.Masks!.to(network.Device), autoencoder.Config.DownsampleFactor);   // -> [B, 1, h, w]

    private Tensor FirstState(RowNoise noise, SamplingPlan plan, Tensor? original)
    {
        var (factor, size) = (autoencoder.Config.DownsampleFactor, Size);
        using var shape = empty([batch.Seeds.Count, config.UNet.OutputChannels, size.Height / factor, size.Width / factor], device: network.Device);
        return plan.FirstState(noise.Draw(shape), settings.Strength < 1 ? original : null);
    }
}
