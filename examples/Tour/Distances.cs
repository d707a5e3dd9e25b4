using LdmMl;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace Tour;

/// <summary>Two changes, a shift by one pixel and a blur: a person finds the shift milder, but PSNR finds the blur milder.</summary>
internal static class Distances
{
    public static IReadOnlyList<ImageGroup> Draw(PerceptualModel model, Tensor emoji)
    {
        using var scope = NewDisposeScope();
        return [Changed("original", emoji), Changed("shifted", emoji.roll(1, 3)), Changed("blurred", Blur(emoji, sigma: 1.5f))];

        ImageGroup Changed(string name, Tensor images)
        {
            var psnr = (emoji - images).square().mean([1, 2, 3]).log10().mul(tensor(-10f)) + tensor(20 * MathF.Log10(2));
            var distances = model.Distance(emoji, images, PixelRange.MinusOneToOne);
            Console.WriteLine($"  {name}: PSNR {psnr.mean().item<float>():F2} dB, distance {distances.mean().item<float>():F3}");
            return new ImageGroup(name, images.ToImages());
        }
    }

    private static Tensor Blur(Tensor images, float sigma)
    {
        var weights = (arange(-4, 5).to(float32).square() / tensor(-2 * sigma * sigma)).exp();
        weights = (weights / weights.sum()).reshape(1, 1, 1, -1).expand(3, 1, 1, -1);
        var padded = nn.functional.pad(images, [4, 4, 4, 4], TorchSharp.PaddingModes.Replicate);
        var across = nn.functional.conv2d(padded, weights, groups: 3);
        return nn.functional.conv2d(across, weights.transpose(2, 3), groups: 3);
    }
}
