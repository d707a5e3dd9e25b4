using System.Globalization;

namespace LdmMl.Cli.Output;

/// <summary>Lengths of files, and sizes of memory, as people read and write them.</summary>
internal static class ByteSize
{
    private static readonly (string Unit, double Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1),
    ];

    public static string Of(long bytes) => bytes < 1_000_000 ? $"{bytes / 1e3:F1} kB" : bytes < 10_000_000_000 ? $"{bytes / 1e6:F1} MB" : $"{bytes / 1e9:F1} GB";

    /// <summary>Reads a number with a unit, such as <c>4GiB</c> or <c>500 MB</c>, or a number of bytes; null if it is none.</summary>
    public static long? Read(string text)
    {
        var (unit, bytes) = Units.FirstOrDefault(unit => text.EndsWith(unit.Unit, StringComparison.OrdinalIgnoreCase), ("", 1));
        return double.TryParse(text[..^unit.Length].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * bytes < long.MaxValue ? (long)(number * bytes) : null;
    }
}
