using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>Keeps the network's last prediction for nothing, which guidance pushed away from. Owns it.</summary>
internal sealed class UnguidedPrediction : IDisposable
{
    private Tensor? last;

    public Tensor Last => last ?? throw new InvalidOperationException("The network was not called yet.");

    public void Keep(Tensor prediction)
    {
        last?.Dispose();
        last = prediction.clone().DetachFromDisposeScope();
    }

    public void Dispose() => last?.Dispose();
}
