using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>Keeps the network's last unconditional prediction. Owns it.</summary>
internal sealed class UnguidedPrediction : IDisposable
{
    private Tensor? last;

    public Tensor Last => last ?? throw new InvalidOperationException("The network has not been called yet.");

    public void Keep(Tensor prediction)
    {
        last?.Dispose();
        last = prediction.clone().DetachFromDisposeScope();
    }

    public void Dispose() => last?.Dispose();
}
