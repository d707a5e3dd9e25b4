using System.Diagnostics;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Microsoft.ML.Data;

namespace EmojiFromText;

/// <summary>
/// Prints how a training goes, the mean loss of every hundred steps and every validation, and writes what the model draws meanwhile.
/// </summary>
/// <param name="previews">The folder for the images.</param>
internal sealed class TrainingReport(string previews) : IProgress<TrainingStep>
{
    private const int Interval = 100;

    private readonly Stopwatch watch = Stopwatch.StartNew();
    private double sum;
    private int count;

    public void Report(TrainingStep value)
    {
        sum += value.Loss;
        count++;
        if (value.Preview is { } preview)
            Write(preview);
        if (value.Step % Interval != 0)
            return;
        var held = value.Validation is DiffusionValidation validation ? $", held out {validation.Loss:F4}" : "";
        Console.WriteLine($"step {value.Step}/{value.Steps}: loss {sum / count:F4}{held} ({watch.Elapsed.TotalMinutes:F1} min)");
        (sum, count) = (0, 0);
    }

    private void Write(TrainingPreview preview)
    {
        var pixels = new byte[preview.Width * preview.Height * 4];
        for (var pixel = 0; pixel < preview.Width * preview.Height; pixel++)
        {
            preview.Pixels.Span.Slice(3 * pixel, 3).CopyTo(pixels.AsSpan(4 * pixel));
            pixels[(4 * pixel) + 3] = byte.MaxValue;
        }

        Directory.CreateDirectory(previews);
        using var image = MLImage.CreateFromPixels(preview.Width, preview.Height, MLPixelFormat.Rgba32, pixels);
        image.Save(Path.Combine(previews, $"{preview.Step}.png"));
        Console.WriteLine(preview.Description);
    }
}
