namespace LdmMl.Cli.Reports;

/// <summary>The style of every report.</summary>
internal static class ReportStyle
{
    public static Html Text { get; } = new(Read());

    private static string Read()
    {
        using var stream = typeof(ReportStyle).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
