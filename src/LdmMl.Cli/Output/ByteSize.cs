namespace LdmMl.Cli.Output;

/// <summary>Lengths of files as people read them.</summary>
internal static class ByteSize
{
    public static string Of(long bytes) => bytes < 1_000_000 ? $"{bytes / 1e3:F1} kB" : $"{bytes / 1e6:F1} MB";
}
