namespace LdmMl.Torch.Checkpoints.CompVis;

/// <summary>The first stage (autoencoder) as a CompVis YAML describes it; each name lists its YAML key. What the YAML leaves out is null.</summary>
internal sealed record CompVisFirstStage
{
    /// <summary>Gets the Python class (<c>target</c>), such as <c>ldm.models.autoencoder.AutoencoderKL</c>.</summary>
    public required string Target { get; init; }

    /// <summary>Gets the latent's channels inside the file's model (<c>embed_dim</c>).</summary>
    public required int EmbedDim { get; init; }

    /// <summary>Gets the number of codes (<c>n_embed</c>); only for VQ.</summary>
    public int? CodeCount { get; init; }

    /// <summary>Gets the file of used indices (<c>remap</c>); only for VQ.</summary>
    public string? Remap { get; init; }

    /// <summary>Gets whether indices keep the shape of the latent (<c>sane_index_shape</c>); only for VQ.</summary>
    public bool SaneIndexShape { get; init; }

    /// <summary>Gets the factor between the autoencoder's latent and the diffusion model's (<c>model.params.scale_factor</c>).</summary>
    public double? ScaleFactor { get; init; }

    /// <summary>Gets the shape of encoder and decoder (<c>ddconfig</c>).</summary>
    public required CompVisEncoderDecoder EncoderDecoder { get; init; }
}
