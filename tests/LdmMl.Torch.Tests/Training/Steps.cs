using LdmMl.Torch.Training;

namespace LdmMl.Torch.Tests.Training;

/// <summary>Receives the steps of a training on the training thread.</summary>
/// <param name="act">Called with each step.</param>
internal sealed class Steps(Action<TrainingStep> act) : IProgress<TrainingStep>
{
    public void Report(TrainingStep value) => act(value);
}
