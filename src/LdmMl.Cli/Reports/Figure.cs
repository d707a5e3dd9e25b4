using LdmMl.Cli.Comparing;
using LdmMl.Torch.Metrics.Statistics;

namespace LdmMl.Cli.Reports;

/// <summary>Numbers as people read them.</summary>
internal static class Figure
{
    private const char Minus = '\u2212', ThinSpace = '\u202F';

    /// <summary>A value of a metric: <c>28.41</c>.</summary>
    public static string Value(Metric metric, double value) => Typeset(value.ToString($"F{metric.Decimals}"));

    /// <summary>A change of a metric, with its sign: <c>+0.42</c>.</summary>
    public static string Change(Metric metric, double value) => Signed(value, $"F{metric.Decimals}");

    /// <summary>A relative change: <c>+2.1 %</c>.</summary>
    public static string Percent(double share) => $"{Signed(share * 100, "F2")}{ThinSpace}%";

    public static string PValue(double value) => value < 0.0001 ? "< 0.0001" : value.ToString("F4");

    /// <summary>An interval in the given form of its bounds.</summary>
    public static string Interval(BootstrapInterval interval, Func<double, string> form) => $"[{form(interval.Lower)}, {form(interval.Upper)}]";

    /// <summary>A value with its unit.</summary>
    public static string WithUnit(Metric metric, string figure) => metric.Unit.Length == 0 ? figure : $"{figure} {metric.Unit}";

    // A rounded 0 has no sign.
    private static string Signed(double value, string format)
    {
        var text = value.ToString(format);
        return text.All(letter => letter is '0' or '.' or '-') ? text.TrimStart('-') : Typeset(value > 0 ? $"+{text}" : text);
    }

    private static string Typeset(string text) => text.Replace('-', Minus);
}
