using System.Runtime.InteropServices;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using PerceptualTrunk.Distortions;
using TorchSharp;
using static TorchSharp.torch;

namespace PerceptualTrunk.Judging;

/// <summary>Compares distorted images with their originals, whose activations are computed once.</summary>
internal sealed class Judge(PerceptualModel model, IReadOnlyList<RgbImage> originals) : IDisposable
{
    private readonly PerceptualFeatures reference = FeaturesOf(model, originals);

    public int Count => originals.Count;

    /// <summary>Distorts every original and measures the result.</summary>
    public Verdicts Of(Func<RgbImage, RgbImage> distort) => Of([.. originals.Select(distort)]);

    /// <summary>Measures one distorted image of each original.</summary>
    public Verdicts Of(RgbImage[] distorted)
    {
        var pairs = originals.Zip(distorted).ToArray();
        return new Verdicts(
            [.. pairs.Select(pair => Psnr.Compute(pair.First.Pixels, pair.Second.Pixels))],
            Distances(distorted),
            new Lazy<double[]>(
                () => [.. pairs.Select(pair => Ssim.Compute(pair.First.Pixels, pair.Second.Pixels, pair.First.Width, pair.First.Height, 3))]));
    }

    public void Dispose() => reference.Dispose();

    private static PerceptualFeatures FeaturesOf(PerceptualModel model, IReadOnlyList<RgbImage> images)
    {
        using var batch = ToTensor(images);
        using var _ = no_grad();
        return model.Features(batch, PixelRange.ZeroToOne);
    }

    private float[] Distances(RgbImage[] distorted)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return model.Distance(reference, ToTensor(distorted), PixelRange.ZeroToOne).data<float>().ToArray();
    }

    private static Tensor ToTensor(IReadOnlyList<RgbImage> images)     // -> [B, 3, H, W]
    {
        using var scope = NewDisposeScope();
        var batch = empty(images.Count, 3, images[0].Height, images[0].Width);
        var values = MemoryMarshal.Cast<byte, float>(batch.bytes);
        var size = values.Length / images.Count;
        for (var index = 0; index < images.Count; index++)
        {
            var planes = values.Slice(index * size, size);
            PixelTensors.ToPlanes(images[index].Pixels, PixelLayout.Rgb24, PixelColor.White, PixelRange.ZeroToOne, planes, 3);
        }
        return scope.MoveToOuter(batch);
    }
}
