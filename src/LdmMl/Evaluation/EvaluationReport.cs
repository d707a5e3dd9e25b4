using LdmMl.Internals;
using Microsoft.ML.Runtime;

namespace LdmMl.Evaluation;

/// <summary>Passes an evaluation's progress and warnings on to ML.NET, and cancellation back.</summary>
internal sealed class EvaluationReport : IDisposable
{
    private readonly IHost _host;
    private readonly IChannel _channel;
    private readonly IProgressChannel _progress;
    private long _rows;

    public EvaluationReport(IHostEnvironment environment, string name)
    {
        _host = environment.Register(name);
        _channel = _host.Start(name);
        _progress = _host.StartProgressChannel(name);
        _progress.SetHeader(new ProgressHeader(["rows"]), entry => entry.SetProgress(0, Volatile.Read(ref _rows)));
    }

    /// <exception cref="OperationCanceledException">The MLContext was told to cancel.</exception>
    public void Row()
    {
        Volatile.Write(ref _rows, _rows + 1);
        MlHost.ThrowIfCanceled(_host);
    }

    public void Warn(IEnumerable<string> warnings)
    {
        foreach (string warning in warnings)
            _channel.Warning(MessageSensitivity.None, "{0}", warning);
    }

    public void Dispose()
    {
        _progress.Dispose();
        _channel.Dispose();
    }
}
