using System.Buffers.Text;

namespace LdmMl.Fuzz;

/// <summary>The largest memory of the process since a moment, native memory included; Linux counts it.</summary>
internal static class ResidentPeak
{
    private const string Status = "/proc/self/status";
    private const string Counters = "/proc/self/clear_refs";
    private static readonly byte[] Text = new byte[4096];

    private static long before;

    /// <summary>Starts counting again, after everything unused was collected.</summary>
    public static void Restart()
    {
        GC.Collect();
        if (!File.Exists(Counters))
            return;
        File.WriteAllText(Counters, "5");
        before = Read("VmRSS:"u8);
    }

    /// <summary>Gets by how much the memory has grown at most, in bytes; 0 where nobody counts.</summary>
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
