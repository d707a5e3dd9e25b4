using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Models.Autoencoders;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>
/// Starts a run with noise, or with a noised initial image, as <see cref="ImageRule"/> says. Its tensors belong to the enclosing scope.
/// </summary>
internal sealed class InitialImageStart(AutoencoderModel autoencoder, GenerationBatch batch, GenerationSettings settings, bool blends)
{
    private bool IsLegacy => settings.ImageRule is ImageRule.DiffusersLegacy or ImageRule.DiffusersLegacyPredictedNoise;

    /// <param name="plan">The steps to take.</param>
    /// <param name="shape">A tensor of the state's shape, on its device.</param>
    /// <param name="noise">The noise.</param>
    /// <param name="unguided">Will receive the network's unconditional prediction.</param>
    public InitialState Begin(SamplingPlan plan, Tensor shape, INoiseSource noise, UnguidedPrediction unguided) =>
        settings.ImageRule == ImageRule.Mean ? FromMean(plan, shape, noise) : FromSample(plan, shape, noise, unguided);

    private InitialState FromMean(SamplingPlan plan, Tensor shape, INoiseSource noise)
    {
        var original = blends || settings.Strength < 1 ? autoencoder.Encode(batch.InitialImages!).to(shape.device) : null;
        var kept = blends ? LatentMasks.Kept(batch.Masks!.to(shape.device), autoencoder.Config.DownsampleFactor) : null;
        var state = plan.FirstState(noise.Draw(shape), settings.Strength < 1 ? original : null);
        return new InitialState(state, kept is null ? null : new Inpainting(original!, kept));
    }

    private InitialState FromSample(SamplingPlan plan, Tensor shape, INoiseSource noise, UnguidedPrediction unguided)
    {
        var isPureNoise = batch.Masks is not null && !IsLegacy && settings.Strength == 1;
        var images = batch.InitialImages!.to(CPU);
        var original = isPureNoise && !blends ? null : PosteriorSample.Of(autoencoder, images, noise).to(shape.device);
        var drawn = noise.Draw(shape);
        var state = plan.FirstState(drawn, isPureNoise ? null : original);
        if (!blends)
            return new InitialState(state);
        var kept = (Real(1) - LatentMasks.Nearest(IsLegacy ? batch.Masks! : LatentMasks.Binary(batch.Masks!), autoencoder.Config.DownsampleFactor))
            .to(shape.device);
        if (IsLegacy)
        {
            var predicts = settings.ImageRule == ImageRule.DiffusersLegacyPredictedNoise;
            return new InitialState(state, Pasting: new Pasting(original!, kept, predicts ? () => unguided.Last : () => drawn, PastedLevel.Current));
        }

        // diffusers also encodes the masked image, although the network does not use it here; its noise must be drawn all the same.
        if (autoencoder.Config.HasPosterior)
            PosteriorSample.Draw(autoencoder.Config, images, noise).Dispose();
        return new InitialState(state, Pasting: new Pasting(original!, kept, () => drawn, PastedLevel.Next));
    }
}
