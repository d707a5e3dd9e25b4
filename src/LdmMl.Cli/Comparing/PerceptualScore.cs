using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Cli.Comparing;

/// <summary>How different both reconstructions look from the original. The original's activations are computed once for the two.</summary>
/// <param name="model">The network; it stays the caller's.</param>
internal sealed class PerceptualScore(PerceptualModel model)
{
    /// <summary>Gets the metric: only a calibrated distance is called LPIPS.</summary>
    public Metric Metric { get; } = new(model.IsCalibrated ? "lpips" : "perceptual", model.Name, "", HigherIsBetter: false, Decimals: 4)
    {
        ShortTitle = model.IsCalibrated ? "LPIPS" : "perceptual",
    };

    /// <summary>Measures one image.</summary>
    /// <exception cref="InvalidDataException">It is too small for the network; the message names the file.</exception>
    public (double First, double Second) Distances(string path, RgbImage original, RgbImage first, RgbImage second)
    {
        if (Math.Min(original.Width, original.Height) < model.MinimumSize)
        {
            throw new InvalidDataException(
                $"'{path}' is {original.Width}x{original.Height}; {model.Name} needs sides of at least {model.MinimumSize} pixels. "
                + "Use larger images, or --size.");
        }
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        using var features = model.Features(tensor(original.Planes, [1, 3, original.Height, original.Width]), PixelRange.ZeroToOne);
        var candidates = tensor([.. first.Planes, .. second.Planes], [2, 3, original.Height, original.Width]);
        var distances = model.Distance(features, candidates, PixelRange.ZeroToOne).data<float>();
        return (distances[0], distances[1]);
    }
}
