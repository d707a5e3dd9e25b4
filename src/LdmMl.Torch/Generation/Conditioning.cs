namespace LdmMl.Torch.Generation;

/// <summary>
/// What a diffusion model is given about the image that it makes (Rombach et al. 2022, section 3.3): one of
/// <see cref="Unconditional"/>, <see cref="LabelConditioning"/>, <see cref="ContextConditioning"/> and <see cref="ConcatenatedConditioning"/>.
/// </summary>
public abstract record Conditioning
{
    private protected Conditioning()
    {
    }

    /// <summary>Gets the conditioning of unconditional models.</summary>
    public static Conditioning None { get; } = new Unconditional();

    /// <summary>Gets the context that the model looks at by cross-attention, whatever else it is given; null for none.</summary>
    internal virtual ContextConditioning? CrossAttention => null;

    /// <summary>Gets what a model with this conditioning is, in a few words.</summary>
    internal abstract string Summary { get; }

    /// <summary>Throws when a value is outside its range.</summary>
    internal virtual void Validate()
    {
    }

    private protected void Require(bool holds, string message)
    {
        if (!holds)
            throw new ArgumentException($"{GetType().Name}: {message}");
    }
}
