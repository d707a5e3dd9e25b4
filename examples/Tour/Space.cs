using LdmMl.Torch.Generation;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Tour;

/// <summary>
/// Where images lie in the latent space. First line: one emoji's latent with more and more noise, which the decoder forgives while it is small.
/// Second line: decoded random numbers, which are no images: the latent space has to be learned, and that is what diffusion does.
/// </summary>
internal static class Space
{
    private static readonly double[] Deviations = [0, 0.05, 0.1, 0.2, 0.4, 0.8];

    public static IReadOnlyList<IReadOnlyList<MLImage>> Draw(LatentDiffusionModel model, Tensor emoji)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var latent = model.Autoencoder.Encode(emoji);                                       // [1, 4, 16, 16]
        var noise = randn(latent.shape, generator: generator);
        var near = cat([.. Deviations.Select(deviation => latent + (noise * deviation))]);
        var random = randn(near.shape, generator: generator);
        return [Pictures.Of(model.Autoencoder.Decode(near)), Pictures.Of(model.Autoencoder.Decode(random))];
    }
}
