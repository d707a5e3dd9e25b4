namespace LdmMl.Torch.Generation;

/// <summary>
/// What a diffusion model is conditioned on (Rombach et al. 2022, section 3.3): one of
/// <see cref="None"/>, <see cref="LabelConditioning"/>, <see cref="ContextConditioning"/> and <see cref="ConcatenatedConditioning"/>.
/// </summary>
public abstract record Conditioning
{
    private protected Conditioning()
    {
    }

    /// <summary>Gets the conditioning of unconditional models.</summary>
    public static Conditioning None { get; } = new Unconditional();

    /// <summary>Gets the context that the model attends to by cross-attention; null for none.</summary>
    internal virtual ContextConditioning? CrossAttention => null;

    /// <summary>Gets a short description of a model with this conditioning.</summary>
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
