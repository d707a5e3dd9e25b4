using System.Runtime.InteropServices;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace FirstStageObjectives;

/// <summary>Measures reconstructions as 8-bit images, as a viewer sees them.</summary>
internal sealed class Scoring(ImageSet originals, PerceptualModel trunk) : IDisposable
{
    private const int Side = NamedImages.Side;
    private readonly Tensor reference = ToTensor(Bytes(originals));

    public static byte[][] Bytes(ImageSet images) => [.. Enumerable.Range(0, images.Count).Select(index => Bytes(images, index))];

    public Scores Measure(byte[][] reconstructions)
    {
        var pairs = Bytes(originals).Zip(reconstructions).ToArray();
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var candidates = ToTensor(reconstructions);
        return new Scores(
            pairs.Average(pair => Psnr.Compute(pair.First, pair.Second)),
            pairs.Average(pair => Ssim.Compute(pair.First, pair.Second, Side, Side, 3)),
            trunk.Distance(reference, candidates, PixelRange.ZeroToOne).mean().item<float>(),
            (Steepness(candidates) / Steepness(reference)).mean().item<float>());
    }

    /// <summary>Reconstructs images.</summary>
    public static byte[][] Reconstruct(AutoencoderModel model, ImageSet images)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var range = model.Config.PixelRange;
        var batch = empty(images.Count, 3, Side, Side);
        var values = MemoryMarshal.Cast<byte, float>(batch.bytes);
        var size = values.Length / images.Count;
        for (var index = 0; index < images.Count; index++)
            images.Read(index, range, values.Slice(index * size, size));
        var reconstructions = model.Reconstruct(batch);                  // [B, 3, H, W]
        var bytes = new byte[images.Count][];
        for (var index = 0; index < images.Count; index++)
        {
            bytes[index] = new byte[size];
            var planes = MemoryMarshal.Cast<byte, float>(reconstructions.bytes).Slice(index * size, size);
            PixelTensors.FromPlanes(planes, 3, range, bytes[index], PixelLayout.Rgb24);
        }
        return bytes;
    }

    public void Dispose() => reference.Dispose();

    // The mean length of the gradient by central differences, over channels and pixels.
    private static Tensor Steepness(Tensor images)                      // [B, 3, H, W] -> [B]
    {
        var across = images.narrow(3, 2, Side - 2) - images.narrow(3, 0, Side - 2);    // [B, 3, H, W - 2]
        var down = images.narrow(2, 2, Side - 2) - images.narrow(2, 0, Side - 2);      // [B, 3, H - 2, W]
        return across.narrow(2, 1, Side - 2).hypot(down.narrow(3, 1, Side - 2)).mean([1, 2, 3]);
    }

    private static byte[] Bytes(ImageSet images, int index)
    {
        var planes = new float[3 * Side * Side];
        var bytes = new byte[planes.Length];
        images.Read(index, PixelRange.ZeroToOne, planes);
        PixelTensors.FromPlanes(planes, 3, PixelRange.ZeroToOne, bytes, PixelLayout.Rgb24);
        return bytes;
    }

    private static Tensor ToTensor(byte[][] images)                     // -> [B, 3, H, W] in [0, 1]
    {
        var batch = empty(images.Length, 3, Side, Side);
        var values = MemoryMarshal.Cast<byte, float>(batch.bytes);
        var size = values.Length / images.Length;
        for (var index = 0; index < images.Length; index++)
            PixelTensors.ToPlanes(images[index], PixelLayout.Rgb24, PixelColor.White, PixelRange.ZeroToOne, values.Slice(index * size, size), 3);
        return batch;
    }
}
