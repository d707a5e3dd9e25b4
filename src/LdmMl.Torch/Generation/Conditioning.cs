namespace LdmMl.Torch.Generation;

/// <summary>
/// What a diffusion model is told about the image that it makes (Rombach et al. 2022, section 3.3): one of
/// <see cref="Unconditional"/>, <see cref="LabelConditioning"/>, <see cref="ContextConditioning"/> and <see cref="ConcatenatedConditioning"/>.
/// </summary>
public abstract record Conditioning
{
    private protected Conditioning()
    {
    }

    /// <summary>Gets the conditioning of models that are told nothing.</summary>
    public static Conditioning None { get; } = new Unconditional();

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
