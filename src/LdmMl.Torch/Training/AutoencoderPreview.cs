using LdmMl.Torch.Models.Autoencoders;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Shows images above their reconstructions.</summary>
internal static class AutoencoderPreview
{
    private const int Images = 8;

    /// <summary>Creates the sheet of some images, evenly spread over the set.</summary>
    public static TrainingPreview Of(AutoencoderModel model, IImageSet images, int step)
    {
        using var scope = NewDisposeScope();
        var count = Math.Min(Images, images.Count);
        var rows = Enumerable.Range(0, count).Select(i => (long)i * images.Count / count).ToArray();
        var originals = BatchReader.Read(images, model.Config.PixelRange, rows);  // [n, C, H, W]
        var reconstructions = model.Reconstruct(originals.to(model.Device)).cpu();
        return PreviewSheet.Of(
            step, [originals, reconstructions], model.Config.PixelRange, $"{count} images, each above its reconstruction after {step} steps");
    }
}
