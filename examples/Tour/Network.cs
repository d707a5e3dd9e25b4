using LdmMl;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace Tour;

/// <summary>One call of the network: states with more and more noise, and below each the clean image that it predicts.</summary>
internal static class Network
{
    private static readonly long[] Times = [100, 300, 500, 700, 850, 950];

    public static IReadOnlyList<ImageGroup> Draw(LatentDiffusionModel model, Tensor emoji)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var schedule = new NoiseSchedule(model.Config.Schedule);
        var label = ((LabelConditioning)model.Config.Conditioning).IndexOf("Smileys & Emotion");
        using var denoiser = model.CreateDenoiser(new GenerationBatch { Seeds = [0], Labels = [label] });
        var start = model.Autoencoder.Encode(emoji);                                        // x_0, [1, 4, 16, 16]
        var noise = randn(start.shape, generator: generator);
        Tensor[] states = [.. Times.Select(t => new GaussianDiffusion(schedule).AddNoise(start, [t], noise))];
        Tensor[] seen = [.. Times.Zip(states, (t, state) => denoiser.Denoise(state, NoiseLevel.Of(schedule, (int)t)).Start)];
        return [new ImageGroup("state", model.Autoencoder.DecodeImages(cat(states))), new ImageGroup("prediction", model.Autoencoder.DecodeImages(cat(seen)))];
    }
}
