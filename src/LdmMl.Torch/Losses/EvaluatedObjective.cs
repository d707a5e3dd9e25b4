using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>The loss of one step and what its backward pass starts from. Owns its gradients and the latents' loss.</summary>
internal sealed class EvaluatedObjective : IDisposable
{
    /// <summary>Gets the loss: the terms, each times its weight.</summary>
    public required double Total { get; init; }

    public required IReadOnlyList<LossValue> Terms { get; init; }

    public required LossLog Log { get; init; }

    /// <summary>Gets the reconstructions with their history.</summary>
    public required Tensor Reconstructions { get; init; }

    /// <summary>Gets the loss's gradient there, [B, C, H, W].</summary>
    public required Tensor Gradient { get; init; }

    /// <summary>Gets the loss of the latents, a scalar with its history; null where there is none.</summary>
    public required Tensor? LatentLoss { get; init; }

    public Parameter? Variance { get; init; }

    public Tensor? VarianceGradient { get; init; }

    /// <summary>Gets what the discriminator said, from which it learns too; null where it did not run.</summary>
    public Judgement? Judgement { get; init; }

    /// <summary>Adds the loss's gradients to those of the autoencoder's parameters and of a learnt variance.</summary>
    public void Backward()
    {
        using var scope = NewDisposeScope();
        if (Variance is not null)
            Variance.grad = VarianceGradient;
        if (LatentLoss is null)
            autograd.backward([Reconstructions], [Gradient]);
        else
            autograd.backward([Reconstructions, LatentLoss], [Gradient, ones_like(LatentLoss)]);
    }

    public void Dispose()
    {
        Gradient.Dispose();
        LatentLoss?.Dispose();
        VarianceGradient?.Dispose();
        Judgement?.Dispose();
    }
}
