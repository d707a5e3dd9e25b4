namespace LdmMl.Cli.Output;

/// <summary>How many images of each set could not be read.</summary>
internal sealed record LeftOutCounts(int Real, int Generated);
