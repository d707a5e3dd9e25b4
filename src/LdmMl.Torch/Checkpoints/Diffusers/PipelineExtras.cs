namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>
/// What this library's diffusion models have and diffusers' pipelines have no key for. Written under <c>_ldmml</c> in <c>model_index.json</c>, where
/// diffusers passes it over; null means "as the components say".
/// </summary>
internal sealed record PipelineExtras
{
    /// <summary>Gets what the model is told: <c>none</c>, <c>labels</c>, <c>context</c> or <c>concatenated</c>.</summary>
    public string? Conditioning { get; init; }

    /// <summary>Gets how many labels can be asked for.</summary>
    public int? LabelCount { get; init; }

    /// <summary>Gets the names of the labels.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Gets how a label enters the U-Net: <c>TimeEmbedding</c> or <c>ContextToken</c>.</summary>
    public string? LabelInput { get; init; }

    /// <summary>Gets whether the network knows one label more, which stands for "any".</summary>
    public bool? NullLabel { get; init; }

    /// <summary>Gets how many tokens the context has in training.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Gets what is laid beside the latent: <c>LowResolutionImage</c>, <c>MaskedImageThenMask</c> or <c>MaskThenMaskedImage</c>.</summary>
    public string? ConcatenatedInput { get; init; }
}
