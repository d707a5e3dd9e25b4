using LdmMl.Internals;
using LdmMl.Torch.Training;
using Microsoft.ML.Runtime;

namespace LdmMl.Training;

/// <summary>
/// Passes a training's progress on to ML.NET: to the progress channel each step, to the log each epoch; and passes cancellation back.
/// </summary>
internal sealed class TrainingReport : IDisposable
{
    private readonly IHost host;
    private readonly IChannel channel;
    private readonly IProgressChannel progress;
    private TrainingStep? last;

    /// <param name="host">Where to report.</param>
    /// <param name="what">What is going on.</param>
    public TrainingReport(IHost host, string what)
    {
        this.host = host;
        channel = host.Start(what);
        progress = host.StartProgressChannel(what);
        progress.SetHeader(new ProgressHeader(["loss", "discriminator loss", "images/s"], ["steps", "epochs"]), Fill);
    }

    /// <exception cref="OperationCanceledException">The MLContext was told to cancel.</exception>
    public void Step(TrainingStep step)
    {
        if (step.Epoch > (last?.Epoch ?? 0) || step.Validation is not null || step.Step == step.Steps)
            Log(step);
        last = step;
        MlHost.ThrowIfCanceled(host);
    }

    public void Dispose()
    {
        progress.Dispose();
        channel.Dispose();
    }

    private void Fill(IProgressEntry entry)
    {
        if (last is not { } step)
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
        var terms = string.Join(", ", step.Terms.Select(term => $"{term.Name} {term.Value:G5} x {term.Weight:G4}"));
        var logged = string.Join(", ", step.Logged.Select(entry => $"{entry.Key} {entry.Value:G5}"));
        var validation = step.Validation switch
        {
            ReconstructionValidation result => $"; validation: PSNR {result.Psnr:F2} dB, mean error {result.MeanAbsoluteError:F4}",
            DiffusionValidation result => $"; validation: loss {result.Loss:F5}",
            _ => "",
        };
        channel.Info(
            MessageSensitivity.None, "Step {0} of {1}, epoch {2}: {3}; {4:F1} images/s{5}",
            step.Step, step.Steps, step.Epoch, terms, step.ImagesPerSecond, validation);
        channel.Info(MessageSensitivity.None, "Step {0} as the reference logs it: {1}", step.Step, logged);
    }
}
