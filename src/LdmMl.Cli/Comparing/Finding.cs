namespace LdmMl.Cli.Comparing;

/// <summary>What a metric says of model B beside model A.</summary>
internal enum Finding
{
    Better,
    Worse,

    /// <summary>The interval of the difference holds 0, or the paired test does not exclude chance.</summary>
    Unclear,
}
