using LdmMl.Internals;
using LdmMl.Torch.Training;
using Microsoft.ML.Runtime;

namespace LdmMl.Training;

/// <summary>
/// Passes a training's progress on to ML.NET: to the progress channel each step, to the log each epoch; and passes cancellation back.
/// </summary>
internal sealed class TrainingReport : IDisposable
{
    private readonly IHost _host;
    private readonly IChannel _channel;
    private readonly IProgressChannel _progress;
    private TrainingStep? _last;

    /// <param name="host">Where to report.</param>
    /// <param name="what">What is going on.</param>
    public TrainingReport(IHost host, string what)
    {
        _host = host;
        _channel = host.Start(what);
        _progress = host.StartProgressChannel(what);
        _progress.SetHeader(new ProgressHeader(["loss", "discriminator loss", "images/s"], ["steps", "epochs"]), Fill);
    }

    /// <exception cref="OperationCanceledException">The MLContext was told to cancel.</exception>
    public void Step(TrainingStep step)
    {
        if (step.Epoch > (_last?.Epoch ?? 0) || step.Validation is not null || step.Step == step.Steps)
            Log(step);
        _last = step;
        MlHost.ThrowIfCanceled(_host);
    }

    public void Dispose()
    {
        _progress.Dispose();
        _channel.Dispose();
    }

    private void Fill(IProgressEntry entry)
    {
        if (_last is not { } step)
            return;
        entry.SetProgress(0, step.Step, step.Steps);
        entry.SetProgress(1, step.Epoch);
        entry.SetMetric(0, step.Loss);
        if (step.Discriminator is { } discriminator)
            entry.SetMetric(1, discriminator.Value);
        entry.SetMetric(2, step.ImagesPerSecond);
    }

    private void Log(TrainingStep step)
    {
        string terms = string.Join(", ", step.Terms.Select(term => $"{term.Name} {term.Value:G5} x {term.Weight:G4}"));
        string logged = string.Join(", ", step.Logged.Select(entry => $"{entry.Key} {entry.Value:G5}"));
        string validation = step.Validation switch
        {
            ReconstructionValidation result => $"; validation: PSNR {result.Psnr:F2} dB, mean error {result.MeanAbsoluteError:F4}",
            DiffusionValidation result => $"; validation: loss {result.Loss:F5}",
            _ => "",
        };
        _channel.Info(
            MessageSensitivity.None, "Step {0} of {1}, epoch {2}: {3}; {4:F1} images/s{5}",
            step.Step, step.Steps, step.Epoch, terms, step.ImagesPerSecond, validation);
        _channel.Info(MessageSensitivity.None, "Step {0} as the reference logs it: {1}", step.Step, logged);
    }
}
