using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Tour;

/// <summary>The forward process: latents with as much noise as belongs to a time t, decoded.</summary>
internal static class Noising
{
    public static readonly long[] Times = [0, 100, 200, 350, 500, 700, 900, 999];

    public static IReadOnlyList<IReadOnlyList<MLImage>> Draw(LatentDiffusionModel model, Tensor emoji)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var diffusion = new GaussianDiffusion(new NoiseSchedule(model.Config.Schedule));
        var start = model.Autoencoder.Encode(emoji);                                        // x_0, [3, 4, 16, 16]
        var noise = randn(start.shape, generator: generator);                               // epsilon, the same at every t
        return [.. Enumerable.Range(0, (int)emoji.shape[0]).Select(row => (MLImage[])[.. Times.SelectMany(t =>
        {
            var state = diffusion.AddNoise(start.narrow(0, row, 1), [t], noise.narrow(0, row, 1));   // x_t in one step, eq. 4
            return Pictures.Of(model.Autoencoder.Decode(state));
        })])];
    }
}
