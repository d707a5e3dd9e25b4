namespace LdmMl.Torch.Metrics;

/// <summary>The settings of the kernel distance; the defaults are those of the paper and of torchmetrics.</summary>
public sealed record KernelDistanceSettings
{
    /// <summary>Gets the degree of the polynomial kernel (γ x·y + c)^degree, at least 1.</summary>
    /// <value>Default: 3.</value>
    public int Degree { get; init; } = 3;

    /// <summary>Gets γ, above 0; null for one over the number of features.</summary>
    /// <value>Default: null.</value>
    public double? Gamma { get; init; }

    /// <summary>Gets c.</summary>
    /// <value>Default: 1.</value>
    public double Coefficient { get; init; } = 1;

    /// <summary>Gets how many pairs of random subsets are compared, at least 1.</summary>
    /// <value>Default: 100.</value>
    public int Subsets { get; init; } = 100;

    /// <summary>Gets how many images a subset has, drawn without replacement; at least 2. Smaller sets give smaller subsets, and a warning.</summary>
    /// <value>Default: 1,000.</value>
    public int SubsetSize { get; init; } = 1000;

    /// <summary>Gets the seed of the draw: the same seed and images give the same subsets.</summary>
    /// <value>Default: 0.</value>
    public long Seed { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Degree, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Subsets, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SubsetSize, 2);
        if (Gamma is { } gamma && !(gamma > 0 && double.IsFinite(gamma)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(Gamma), Gamma, "Gamma of the polynomial kernel must be above 0, or null for one over the number of features.");
        }

        if (!double.IsFinite(Coefficient))
            throw new ArgumentOutOfRangeException(nameof(Coefficient), Coefficient, "The coefficient of the polynomial kernel must be a finite number.");
    }
}
