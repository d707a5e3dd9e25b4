using System.Diagnostics;
using LdmMl.Torch.Diffusion;

namespace LdmMl.Torch.Generation;

/// <summary>Measures the steps of a sampler, and passes its reports on.</summary>
/// <param name="next">Receives the reports; null for nobody.</param>
/// <param name="record">Receives the seconds of each step.</param>
internal sealed class StepTimer(IProgress<SamplingProgress>? next, Action<double> record) : IProgress<SamplingProgress>
{
    private long started = Stopwatch.GetTimestamp();

    public void Report(SamplingProgress value)
    {
        record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        next?.Report(value);

        // What the receiver does, such as decoding a preview, is not part of a step.
        started = Stopwatch.GetTimestamp();
    }
}
