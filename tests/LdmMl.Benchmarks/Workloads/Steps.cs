using Report = LdmMl.Torch.Training.TrainingStep;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Receives the steps of a training on the training thread.</summary>
/// <param name="act">Called with each step.</param>
internal sealed class Steps(Action<Report> act) : IProgress<Report>
{
    void IProgress<Report>.Report(Report value) => act(value);
}
