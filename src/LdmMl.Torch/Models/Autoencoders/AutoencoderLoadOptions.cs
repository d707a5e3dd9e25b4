namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>How to open an autoencoder's files.</summary>
public sealed record AutoencoderLoadOptions
{
    /// <summary>Gets the YAML that describes a CompVis checkpoint.</summary>
    /// <value>The default is null: one that lies beside the checkpoint.</value>
    public string? ConfigPath { get; init; }
}
