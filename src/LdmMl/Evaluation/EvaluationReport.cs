using LdmMl.Internals;
using Microsoft.ML.Runtime;

namespace LdmMl.Evaluation;

/// <summary>Reports the progress and the warnings of an evaluation, to ML.NET and to the caller, and stops it when it is cancelled.</summary>
internal sealed class EvaluationReport : IDisposable
{
    private readonly IHost host;
    private readonly IChannel channel;
    private readonly IProgressChannel channelProgress;
    private readonly IProgress<long>? progress;
    private readonly CancellationToken cancellationToken;
    private long rows;

    public EvaluationReport(IHostEnvironment environment, string name, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        (this.progress, this.cancellationToken) = (progress, cancellationToken);
        host = environment.Register(name);
        channel = host.Start(name);
        channelProgress = host.StartProgressChannel(name);
        channelProgress.SetHeader(new ProgressHeader(["rows"]), entry => entry.SetProgress(0, Volatile.Read(ref rows)));
    }

    /// <summary>Counts a row that was read.</summary>
    /// <exception cref="OperationCanceledException">The cancellation token or the MLContext requests it.</exception>
    public void Row()
    {
        cancellationToken.ThrowIfCancellationRequested();
        MlHost.ThrowIfCanceled(host);
        Volatile.Write(ref rows, rows + 1);
        progress?.Report(rows);
    }

    public void Warn(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
            channel.Warning(MessageSensitivity.None, "{0}", warning);
    }

    public void Dispose()
    {
        channelProgress.Dispose();
        channel.Dispose();
    }
}
