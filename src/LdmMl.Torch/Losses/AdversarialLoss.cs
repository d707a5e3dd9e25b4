namespace LdmMl.Torch.Losses;

/// <summary>The loss of a discriminator (CompVis <c>disc_loss</c>).</summary>
public enum AdversarialLoss
{
    /// <summary>Real logits above 1, generated ones below -1, and no reward for more (Lim and Ye 2017); the published choice.</summary>
    Hinge,

    /// <summary>Cross entropy of "real" and "generated", through softplus (Goodfellow et al. 2014).</summary>
    Vanilla,
}
