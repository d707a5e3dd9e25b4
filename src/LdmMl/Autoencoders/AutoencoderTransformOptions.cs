namespace LdmMl;

/// <summary>What every transform with an autoencoder can be told.</summary>
public abstract record AutoencoderTransformOptions : ModelTransformOptions
{
    /// <summary>Gets the name of the column to append.</summary>
    public required string OutputColumnName { get; init; }

    /// <summary>Gets the name of the column to read.</summary>
    /// <value>Null, the default, means <see cref="OutputColumnName"/>.</value>
    public string? InputColumnName { get; init; }

    internal string InputName => InputColumnName ?? OutputColumnName;

    internal override void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(OutputColumnName);
        if (InputColumnName is not null)
            ArgumentException.ThrowIfNullOrEmpty(InputColumnName);
        base.Validate();
    }
}
