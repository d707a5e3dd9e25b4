namespace LdmMl.Cli.Comparing;

/// <summary>The result of a metric for model B compared with model A.</summary>
internal enum Finding
{
    Better,
    Worse,

    /// <summary>The interval of the difference holds 0, or the paired test does not exclude chance.</summary>
    Unclear,
}
