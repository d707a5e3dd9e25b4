namespace LdmMl.Cli.Sharding;

/// <summary>The size of the image of a row.</summary>
internal sealed record RowSize(int Width, int Height);
