namespace LdmMl.Torch.Generation;

/// <summary>
/// The model attends to tokens by cross-attention (Rombach et al. 2022, section 3.3): the encoding of a prompt by a text encoder.
/// </summary>
public sealed record ContextConditioning : Conditioning
{
    /// <summary>Gets the width of a token (<c>context_dim</c>, <c>cross_attention_dim</c>), at least 1.</summary>
    public required int Dimension { get; init; }

    /// <summary>Gets the number of tokens that the model was trained with; any number can be given.</summary>
    /// <value>Default: 77, as in CLIP and the published text-to-image models.</value>
    public int Tokens { get; init; } = 77;

    /// <summary>Gets the conditioning in addition to the tokens, as in SDXL: a vector of the whole text, and sizes of images.</summary>
    /// <value>Default: null, none.</value>
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
