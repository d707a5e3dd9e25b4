using System.Buffers.Text;

namespace LdmMl.Fuzz;

/// <summary>The peak memory of the process since a given moment, native memory included; recorded by Linux.</summary>
internal static class ResidentPeak
{
    private const string Status = "/proc/self/status";
    private const string Counters = "/proc/self/clear_refs";
    private static readonly byte[] Text = new byte[4096];

    private static long before;

    /// <summary>Resets the peak, after a garbage collection.</summary>
    public static void Restart()
    {
        GC.Collect();
        if (!File.Exists(Counters))
            return;
        File.WriteAllText(Counters, "5");
        before = Read("VmRSS:"u8);
    }

    /// <summary>Gets the largest growth of memory, in bytes; 0 on other systems.</summary>
    public static long Growth() => before == 0 ? 0 : Read("VmHWM:"u8) - before;

    private static long Read(ReadOnlySpan<byte> name)
    {
        using var file = File.OpenHandle(Status);
        var line = Text.AsSpan(0, RandomAccess.Read(file, Text, 0));
        line = line[(line.IndexOf(name) + name.Length)..].TrimStart("\t "u8);
        _ = Utf8Parser.TryParse(line, out long kibibytes, out _);
        return 1024 * kibibytes;
    }
}
