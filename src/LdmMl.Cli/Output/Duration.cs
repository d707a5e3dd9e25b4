namespace LdmMl.Cli.Output;

/// <summary>Lengths of time as people say them.</summary>
internal static class Duration
{
    /// <summary>Says a length of time in its largest unit, and hours and days in two.</summary>
    public static string Of(TimeSpan time) => time switch
    {
        { TotalSeconds: < 90 } => $"{time.TotalSeconds:F0} s",
        { TotalMinutes: < 90 } => $"{time.TotalMinutes:F0} min",
        { TotalHours: < 36 } => $"{(int)time.TotalHours} h {time.Minutes} min",
        _ => $"{(int)time.TotalDays} d {time.Hours} h",
    };
}
