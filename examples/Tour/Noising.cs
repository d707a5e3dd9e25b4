using LdmMl;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Tour;

/// <summary>The forward process: decoded latents with the noise of several times t.</summary>
internal static class Noising
{
    private static readonly long[] Times = [0, 100, 200, 350, 500, 700, 900, 999];

    public static IReadOnlyList<ImageGroup> Draw(LatentDiffusionModel model, Tensor emoji)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var diffusion = new GaussianDiffusion(new NoiseSchedule(model.Config.Schedule));
        var start = model.Autoencoder.Encode(emoji);                                        // x_0, [3, 4, 16, 16]
        var noise = randn(start.shape, generator: generator);                               // epsilon, the same at every t
        return [.. Enumerable.Range(0, (int)emoji.shape[0]).Select(row => new ImageGroup(null, Line(row)))];

        IReadOnlyList<MLImage> Line(int row)
        {
            var same = start[row].expand(Times.Length, -1, -1, -1);
            var states = diffusion.AddNoise(same, Times, noise[row].expand_as(same));       // x_t for every t at once, eq. 4
            return model.Autoencoder.DecodeImages(states);
        }
    }
}
