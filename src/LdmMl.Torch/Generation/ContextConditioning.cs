namespace LdmMl.Torch.Generation;

/// <summary>
/// The model looks at tokens by cross-attention (Rombach et al. 2022, section 3.3): what a text encoder makes of a prompt.
/// </summary>
public sealed record ContextConditioning : Conditioning
{
    /// <summary>Gets the width of a token (<c>context_dim</c>, <c>cross_attention_dim</c>), at least 1.</summary>
    public required int Dimension { get; init; }

    /// <summary>Gets how many tokens the model was trained with; any number can be given.</summary>
    /// <value>Default: 77, as in CLIP and the published text-to-image models.</value>
    public int Tokens { get; init; } = 77;

    /// <summary>Gets the conditioning beside the tokens, as SDXL has it: a vector of the whole text and the sizes of images.</summary>
    /// <value>Default: null, nothing.</value>
    public VectorConditioning? Vector { get; init; }

    /// <inheritdoc/>
    internal override ContextConditioning CrossAttention => this;

    internal override string Summary => "conditioned on tokens";

    internal override void Validate()
    {
        Require(Dimension >= 1, $"{nameof(Dimension)} is {Dimension}; it must be at least 1.");
        Vector?.Validate();
        Require(Tokens >= 1, $"{nameof(Tokens)} is {Tokens}; it must be at least 1.");
    }
}
