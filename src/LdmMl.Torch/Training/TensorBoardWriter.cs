using LdmMl.Torch.Arguments;
using LdmMl.Torch.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>
/// Receives the steps of a training and writes them as event files for TensorBoard, with TorchSharp's <c>SummaryWriter</c>: scalars, sheets of images
/// (<see cref="TrainingStep.Preview"/>) and verdicts. Show them with <c>tensorboard --logdir FOLDER</c>.
/// </summary>
/// <remarks>
/// A resumed training writes another file next to those of earlier runs; TensorBoard shows them as one. Images need SkiaSharp's native library,
/// which comes with LdmMl and ML.NET's image package; without it everything else is written, and <see cref="Failure"/> says so. If a file cannot be
/// written, the training continues without it.
/// </remarks>
/// <example>
/// <code>
/// var options = new AutoencoderTrainingOptions { Steps = 2000, PreviewInterval = 200 };
/// var images = new ImageSet(width: 64, height: 64);
/// images.Add(new byte[64 * 64 * 3], PixelLayout.Rgb24);        // and so on, one for each image
/// using var result = new AutoencoderTrainer(autoencoder, options).Train(images, progress: new TensorBoardWriter("runs/first"));
/// </code>
/// </example>
public sealed class TensorBoardWriter : IProgress<TrainingStep>
{
    private readonly SummaryWriter writer;
    private readonly int interval;
    private bool isEnded, leavesOutImages;

    /// <summary>Starts a file of events.</summary>
    /// <param name="folder">The folder for the files; it is created if it does not exist.</param>
    /// <param name="interval">The number of steps between two entries of scalars, at least 1. Steps with a validation are always written.</param>
    /// <exception cref="OptionException">The interval is below 1.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public TensorBoardWriter(string folder, int interval = 10)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Check.AtLeast(interval, 1);
        TorchRuntime.EnsureLoaded();
        this.interval = interval;
        writer = utils.tensorboard.SummaryWriter(folder);
    }

    /// <summary>Gets why something could not be written; null if everything was.</summary>
    public string? Failure { get; private set; }

    /// <summary>Writes a step.</summary>
    /// <param name="value">The step.</param>
    public void Report(TrainingStep value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (isEnded)
            return;
        try
        {
            Write(value);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            (isEnded, Failure) = (true, $"The event file cannot be written any more: {error.Message}");
        }
    }

    private void Write(TrainingStep step)
    {
        if (step.Step == 1 || step.Step % interval == 0 || step.Validation is not null)
        {
            foreach (var (name, value) in Scalars(step))
                writer.add_scalar(name, (float)value, step.Step);
        }

        foreach (var verdict in step.Verdicts)
            writer.add_text($"verdicts/{verdict.Kind}", verdict.Sentence, step.Step);
        if (step.Preview is { } preview)
            Write(preview, step.Step);
    }

    private static IEnumerable<(string Name, double Value)> Scalars(TrainingStep step)
    {
        yield return ("loss/total", step.Loss);
        foreach (var term in step.Terms)
            yield return ($"loss/{term.Name}", term.Weighted);
        if (step.Discriminator is { } discriminator)
            yield return ("loss/discriminator", discriminator.Weighted);
        foreach (var (name, value) in step.Logged)
            yield return ($"reference/{name}", value);
        yield return ("training/gradient_norm", step.GradientNorm);
        yield return ("training/learning_rate", step.LearningRate);
        yield return ("training/images_per_second", step.ImagesPerSecond);
        if (step.Validation is ReconstructionValidation reconstruction)
        {
            yield return ("validation/psnr", reconstruction.Psnr);
            yield return ("validation/mean_absolute_error", reconstruction.MeanAbsoluteError);
        }

        if (step.Validation is DiffusionValidation diffusion)
            yield return ("validation/loss", diffusion.Loss);
    }

    private void Write(TrainingPreview preview, int step)
    {
        if (leavesOutImages)
            return;
        using var scope = NewDisposeScope();
        var sheet = tensor(preview.Pixels.ToArray(), [preview.Height, preview.Width, 3], dtype: ScalarType.Byte);
        try
        {
            writer.add_img("preview", sheet, step, dataformats: "HWC");
        }
        catch (Exception error) when (error is TypeInitializationException or DllNotFoundException)
        {
            (leavesOutImages, Failure) = (true, "The event file contains no images: SkiaSharp's native library, which encodes them, is missing.");
        }
    }
}
