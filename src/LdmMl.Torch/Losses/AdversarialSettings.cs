namespace LdmMl.Torch.Losses;

/// <summary>When and how strongly a discriminator joins in.</summary>
internal sealed record AdversarialSettings
{
    /// <summary>Gets what the discriminator is trained to do.</summary>
    public AdversarialLoss Loss { get; init; }

    /// <summary>Gets what the adaptive weight is multiplied by (<c>disc_weight</c>).</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Gets what both adversarial losses are multiplied by once they count (<c>disc_factor</c>).</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Gets after how many steps they count (<c>disc_start</c>).</summary>
    public int StartStep { get; init; }

    /// <summary>Gets a value indicating whether their values are computed before that too, as the reference does.</summary>
    public bool ObservesBeforeStart { get; init; }

    /// <summary>Computes the factor after a number of finished steps (<c>adopt_weight</c>).</summary>
    public double FactorAfter(int steps) => steps < StartStep ? 0 : Factor;

    /// <summary>Tells whether the discriminator runs at all after a number of finished steps.</summary>
    public bool RunsAfter(int steps) => ObservesBeforeStart || FactorAfter(steps) > 0;
}
