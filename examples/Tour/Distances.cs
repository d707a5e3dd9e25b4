using LdmMl.Torch.Metrics;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Tour;

/// <summary>Two changes of which a person finds the first milder, and PSNR the second: a shift by one pixel, and a blur.</summary>
internal static class Distances
{
    public static IReadOnlyList<IReadOnlyList<MLImage>> Draw(PerceptualModel model, Tensor emoji)
    {
        using var scope = NewDisposeScope();
        var shifted = emoji.roll(1, 3);
        var blurred = Blur(emoji, sigma: 1.5);
        foreach (var (name, changed) in new[] { ("moved by one pixel", shifted), ("blurred", blurred) })
        {
            using var distances = model.Distance(emoji, changed, PixelRange.MinusOneToOne);
            var psnr = (emoji - changed).square().mean([1, 2, 3]).log10() * -10 + (20 * Math.Log10(2));
            Console.WriteLine($"  {name}: PSNR {Mean(psnr):F2} dB, distance {Mean(distances):F3}");
        }
        return [.. Enumerable.Range(0, (int)emoji.shape[0]).Select(row => (MLImage[])
        [
            .. Pictures.Of(emoji.narrow(0, row, 1)), .. Pictures.Of(shifted.narrow(0, row, 1)), .. Pictures.Of(blurred.narrow(0, row, 1)),
        ])];
    }

    private static float Mean(Tensor values) => values.mean().item<float>();

    private static Tensor Blur(Tensor images, double sigma)
    {
        var weights = arange(-4, 5).to(float32).square().div(-2 * sigma * sigma).exp();
        weights = (weights / weights.sum()).reshape(1, 1, 1, -1).expand(3, 1, 1, -1);
        var padded = nn.functional.pad(images, [4, 4, 4, 4], TorchSharp.PaddingModes.Replicate);
        var across = nn.functional.conv2d(padded, weights, groups: 3);
        return nn.functional.conv2d(across, weights.transpose(2, 3), groups: 3);
    }
}
