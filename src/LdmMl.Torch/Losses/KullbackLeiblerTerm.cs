using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>The divergence of the posteriors from the standard normal (CompVis <c>kl_loss</c>), summed over each latent.</summary>
internal sealed class KullbackLeiblerTerm(double weight) : IAutoencoderLossTerm
{
    public string Name => "kullback-leibler";

    public double Weight => weight;

    public Tensor Compute(AutoencoderPass pass, LossLog log)     // B x [c, h, w] -> [B]
    {
        using var scope = NewDisposeScope();
        var posterior = pass.Posterior ?? throw new InvalidOperationException("Only a KL autoencoder has posteriors.");
        var divergences = posterior.KullbackLeibler();           // [B]
        log.Set("kl_loss", divergences.mean().Read<float>());
        return scope.MoveToOuter(divergences);
    }
}
