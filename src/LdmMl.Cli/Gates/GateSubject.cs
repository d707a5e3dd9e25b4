namespace LdmMl.Cli.Gates;

/// <summary>What of B a gate looks at.</summary>
internal enum GateSubject
{
    /// <summary>B's mean itself: a threshold without a sign.</summary>
    Value,

    /// <summary>B's mean minus A's: a threshold with a sign.</summary>
    Change,

    /// <summary>That change as a share of A's mean: a threshold in per cent.</summary>
    RelativeChange,
}
