namespace LdmMl.Torch.Models.Discriminators;

/// <summary>How a discriminator's middle layers are normalised.</summary>
public enum DiscriminatorNormalization
{
    /// <summary>Batch normalisation, the published choice: each batch's own statistics while training.</summary>
    Batch,

    /// <summary>
    /// A trainable shift and scale for each channel that start as the first batch's statistics (Kingma and Dhariwal 2018, section 3.1).
    /// </summary>
    ActNorm,

    /// <summary>Group normalisation: the statistics of each image alone, whatever the batch.</summary>
    Group,
}
