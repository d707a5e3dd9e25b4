using LdmMl.Internals;
using Microsoft.ML.Runtime;

namespace LdmMl.Evaluation;

/// <summary>Passes an evaluation's progress and warnings on to ML.NET, and cancellation back.</summary>
internal sealed class EvaluationReport : IDisposable
{
    private readonly IHost host;
    private readonly IChannel channel;
    private readonly IProgressChannel progress;
    private long rows;

    public EvaluationReport(IHostEnvironment environment, string name)
    {
        host = environment.Register(name);
        channel = host.Start(name);
        progress = host.StartProgressChannel(name);
        progress.SetHeader(new ProgressHeader(["rows"]), entry => entry.SetProgress(0, Volatile.Read(ref rows)));
    }

    /// <exception cref="OperationCanceledException">The MLContext is cancelled.</exception>
    public void Row()
    {
        Volatile.Write(ref rows, rows + 1);
        MlHost.ThrowIfCanceled(host);
    }

    public void Warn(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
            channel.Warning(MessageSensitivity.None, "{0}", warning);
    }

    public void Dispose()
    {
        progress.Dispose();
        channel.Dispose();
    }
}
