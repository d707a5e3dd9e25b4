using System.Diagnostics;
using System.Diagnostics.Metrics;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>
/// What generation tells listeners such as OpenTelemetry, through the meter and the activity source <c>LdmMl</c>. Without a listener, nothing is
/// measured.
/// </summary>
/// <remarks>
/// Prompts, labels, seeds and paths are never part of it. Activity: <c>generate</c>, with the number of images, steps, size and device. Instruments:
/// <c>ldmml.generation.images</c> (finished images, from which a listener computes images per second), <c>ldmml.generation.batch.size</c>,
/// <c>ldmml.generation.duration</c> and <c>ldmml.generation.step.duration</c> in seconds; the duration of a failed generation has an
/// <c>error.type</c>.
/// </remarks>
internal static class GenerationTelemetry
{
    public const string Name = "LdmMl";

    private const string DeviceTag = "ldmml.device.type";

    private static readonly string? Version = typeof(GenerationTelemetry).Assembly.GetName().Version?.ToString(3);
    private static readonly ActivitySource Source = new(Name, Version);
    private static readonly Meter Meter = new(Name, Version);

    private static readonly Counter<long> Images = Meter.CreateCounter<long>("ldmml.generation.images", "{image}", "Finished images.");

    private static readonly Histogram<long> BatchSize = Meter.CreateHistogram(
        "ldmml.generation.batch.size", "{image}", "Images that are generated together.",
        advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64] });

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "ldmml.generation.duration", "s", "Time of a whole generation, of all its images.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300] });

    private static readonly Histogram<double> StepDuration = Meter.CreateHistogram(
        "ldmml.generation.step.duration", "s", "Time of one step of the sampler, of all images of the batch; the first includes their conditions.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30] });

    /// <summary>Generates, and tells listeners how long it took and how it ended.</summary>
    /// <param name="images">The number of images.</param>
    /// <param name="steps">The number of steps.</param>
    /// <param name="size">The size of the images.</param>
    /// <param name="device">Where they are computed.</param>
    /// <param name="progress">The caller's receiver of reports; null for none.</param>
    /// <param name="generate">Generates with the given receiver of reports.</param>
    public static Tensor Measure(
        int images, int steps, ImageSize size, Device device, IProgress<SamplingProgress>? progress,
        Func<IProgress<SamplingProgress>?, Tensor> generate)
    {
        using var activity = Source.StartActivity("generate");
        activity?.SetTag("ldmml.images", images).SetTag("ldmml.steps", steps).SetTag("ldmml.size", $"{size}").SetTag(DeviceTag, $"{device.type}");
        var tags = new TagList { { DeviceTag, $"{device.type}" } };
        var started = Stopwatch.GetTimestamp();
        try
        {
            var made = generate(StepDuration.Enabled ? new StepTimer(progress, seconds => StepDuration.Record(seconds, tags)) : progress);
            Images.Add(images, tags);
            BatchSize.Record(images, tags);
            return made;
        }
        catch (Exception error)
        {
            var type = error.GetType().FullName;
            tags.Add("error.type", type);
            activity?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", type);
            throw;
        }
        finally
        {
            Duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, tags);
        }
    }
}
