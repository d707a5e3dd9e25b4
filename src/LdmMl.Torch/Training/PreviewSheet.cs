using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Arranges images on a sheet.</summary>
internal static class PreviewSheet
{
    /// <summary>Creates a sheet.</summary>
    /// <param name="step">The number of steps before it.</param>
    /// <param name="rows">The rows from top to bottom: each has images [columns, C, H, W] on the CPU, with 1 or 3 channels.</param>
    /// <param name="range">The range of their values; values outside are clamped.</param>
    /// <param name="description">What the sheet shows.</param>
    public static TrainingPreview Of(int step, IReadOnlyList<Tensor> rows, PixelRange range, string description)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var lines = rows.Select(row => cat([.. row.unbind()], 2)).ToArray();      // [C, H, columns * W] each
        var sheet = cat(lines, 1);                               // [C, rows * H, columns * W]
        if (sheet.shape[0] == 1)
            sheet = sheet.expand(3, -1, -1);
        var (height, width) = ((int)sheet.shape[1], (int)sheet.shape[2]);
        var pixels = new byte[width * height * 3];
        PixelTensors.FromPlanes(sheet.contiguous().data<float>().ToArray(), 3, range, pixels, PixelLayout.Rgb24);
        return new TrainingPreview(step, (int)rows[0].shape[0], rows.Count, width, height, pixels, description);
    }
}
