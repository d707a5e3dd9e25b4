using System.Globalization;

namespace LdmMl.Fuzz;

/// <summary>The largest memory of the process since a moment, native memory included; Linux counts it.</summary>
internal static class ResidentPeak
{
    private const string Status = "/proc/self/status";
    private const string Counters = "/proc/self/clear_refs";

    /// <summary>Starts counting again.</summary>
    /// <returns>The memory now, in bytes.</returns>
    public static long Reset()
    {
        if (!File.Exists(Counters))
            return 0;
        File.WriteAllText(Counters, "5");
        return Read("VmRSS:");
    }

    /// <summary>Gets by how much the memory has grown at most, in bytes; 0 where nobody counts.</summary>
    public static long Since(long before) => File.Exists(Counters) ? Read("VmHWM:") - before : 0;

    private static long Read(string name)
    {
        var line = File.ReadLines(Status).First(line => line.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line[name.Length..^2].Trim(), CultureInfo.InvariantCulture);
    }
}
