namespace LdmMl.Generation;

/// <summary>The columns that generation can append.</summary>
internal enum GenerationOutput
{
    /// <summary>The image.</summary>
    Image,

    /// <summary>The latent that it was decoded from.</summary>
    Latent,
}
