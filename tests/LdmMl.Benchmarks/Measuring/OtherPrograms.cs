namespace LdmMl.Benchmarks.Measuring;

/// <summary>The processor time used by programs other than the measured one (Linux, /proc/stat).</summary>
internal sealed class OtherPrograms
{
    private readonly double busyAtStart = BusySeconds();
    private readonly double ownAtStart;
    private readonly Func<double> ownSeconds;

    public OtherPrograms(Func<double> ownSeconds)
    {
        this.ownSeconds = ownSeconds;
        ownAtStart = ownSeconds();
    }

    /// <summary>Gets the seconds of processor time that other programs have used since the start.</summary>
    public double Seconds => BusySeconds() - busyAtStart - (ownSeconds() - ownAtStart);

    // cpu user nice system idle iowait irq softirq steal, in hundredths of a second
    private static double BusySeconds()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (long.Parse(fields[1]) + long.Parse(fields[2]) + long.Parse(fields[3]) + long.Parse(fields[6]) + long.Parse(fields[7])) / 100.0;
    }
}
