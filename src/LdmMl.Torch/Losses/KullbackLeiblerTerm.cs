using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>The divergence of the posteriors from the standard normal (CompVis <c>kl_loss</c>), summed over each latent and divided by the batch.</summary>
internal sealed class KullbackLeiblerTerm(double weight) : IAutoencoderLossTerm
{
    public string Name => "kullback-leibler";

    public double Weight => weight;

    public Tensor Compute(AutoencoderPass pass)                  // B x [c, h, w] -> []
    {
        using var scope = NewDisposeScope();
        var posterior = pass.Posterior ?? throw new InvalidOperationException("Only a KL autoencoder has posteriors.");
        return scope.MoveToOuter(posterior.KullbackLeibler().mean());
    }
}
