using LdmMl.Internals;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Training;
using Microsoft.ML.Runtime;

namespace LdmMl.Training;

/// <summary>
/// Reports the steps of a training: each one to the receiver and to ML.NET's progress channel, and one per epoch and every verdict to the log.
/// </summary>
internal sealed class TrainingReport : ITrainingObserver, IProgress<string>, IDisposable
{
    private readonly IHost host;
    private readonly IChannel channel;
    private readonly IProgressChannel progress;
    private readonly IProgress<TrainingStep>? receiver;
    private TrainingStep? last;

    /// <param name="host">The host of the estimator.</param>
    /// <param name="what">The name of the work.</param>
    /// <param name="receiver">The receiver that the options name; null for none.</param>
    public TrainingReport(IHost host, string what, IProgress<TrainingStep>? receiver)
    {
        (this.host, this.receiver) = (host, receiver);
        channel = host.Start(what);
        progress = host.StartProgressChannel(what);
        progress.SetHeader(new ProgressHeader(["loss", "discriminator loss", "images/s"], ["steps", "epochs"]), Fill);
    }

    /// <exception cref="OperationCanceledException">The training was cancelled before its first step.</exception>
    public static void ThrowIfNothingLearned<TModel>(TrainingResult<TModel> result, CancellationToken cancellationToken)
        where TModel : ModelHandle<TModel>
    {
        if (result.Steps == 0)
            throw new OperationCanceledException("The training was cancelled before its first step.", cancellationToken);
    }

    /// <exception cref="OperationCanceledException">The MLContext is cancelled, as AutoML does when its time is up.</exception>
    public void Report(TrainingStep step)
    {
        if (step.Epoch > (last?.Epoch ?? 0) || step.Validation is not null || step.Step == step.Steps)
            Log(step);
        foreach (var verdict in step.Verdicts)
            channel.Warning(MessageSensitivity.None, "{0}", verdict);
        last = step;
        receiver?.Report(step);
        MlHost.ThrowIfCanceled(host);
    }

    /// <summary>Logs what the training says about its data.</summary>
    void IProgress<string>.Report(string value) => channel.Info(MessageSensitivity.UserData, "{0}", value);

    public void ContinueFrom(IReadOnlyList<TrainingStep> history) => (receiver as ITrainingObserver)?.ContinueFrom(history);

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
        var terms = string.Join(" + ", step.Terms.Select(term => $"{term.Name} {term.Weighted:G4}"));
        var logged = string.Join(", ", step.Logged.Select(entry => $"{entry.Key} {entry.Value:G5}"));
        var validation = step.Validation switch
        {
            ReconstructionValidation result => $"; validation: PSNR {result.Psnr:F2} dB, mean error {result.MeanAbsoluteError:F4}",
            DiffusionValidation result => $"; validation: loss {result.Loss:F5}",
            _ => "",
        };
        channel.Info(
            MessageSensitivity.None, "Step {0} of {1}, epoch {2}: loss {3:G5} = {4}; {5:F1} images/s, {6:hh\\:mm\\:ss} left{7}",
            step.Step, step.Steps, step.Epoch, step.Loss, terms, step.ImagesPerSecond, step.TimeLeft, validation);
        channel.Trace(MessageSensitivity.None, "Step {0}, values of the reference: {1}", step.Step, logged);
    }
}
