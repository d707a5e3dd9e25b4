using System.Globalization;
using System.Text.RegularExpressions;

namespace LdmMl.Cli.Gates;

/// <summary>
/// A condition under which a comparison of model B with model A fails: <c>metric operator threshold</c>, the operator one of &gt; &gt;= &lt; &lt;=.
/// The threshold says what is compared: <c>lpips &gt; +2%</c> and <c>lpips &gt; 2%</c> the relative change (B - A) / |A| of the means,
/// <c>psnr &lt; -0.5</c> (a sign, no per cent) the change B - A in the metric's unit, <c>ssim &lt; 0.85</c> (neither) the mean of B itself.
/// </summary>
/// <param name="Text">As the user wrote it.</param>
/// <param name="Metric">The metric's name, in lower case.</param>
/// <param name="Operator">How it compares.</param>
/// <param name="Subject">What it looks at.</param>
/// <param name="Threshold">What it compares with; 0.02 for 2 %.</param>
internal sealed partial record Gate(string Text, string Metric, GateOperator Operator, GateSubject Subject, double Threshold)
{
    private const string Grammar =
        "a gate is a metric, one of > >= < <=, and a threshold, such as \"lpips > +2%\" (relative change of B against A), "
        + "\"psnr < -0.5\" (change, with its sign) or \"ssim < 0.85\" (B itself)";

    private const string Number = @"(?<number>[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?)";

    /// <summary>Reads a gate.</summary>
    /// <exception cref="FormatException">It is none; the message says what was given and what a gate looks like.</exception>
    public static Gate Parse(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success)
            throw new FormatException($"--fail-if \"{text}\" is not a gate: {Grammar}.");
        var number = match.Groups["number"].Value;
        var threshold = double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(threshold))
            throw new FormatException($"--fail-if \"{text}\": {number} is too large for a number.");
        var isRelative = match.Groups["percent"].Success;
        return new(
            text.Trim(),
            match.Groups["metric"].Value.ToLowerInvariant(),
            OperatorOf(match.Groups["operator"].Value),
            isRelative ? GateSubject.RelativeChange : number[0] is '+' or '-' ? GateSubject.Change : GateSubject.Value,
            isRelative ? threshold / 100 : threshold);
    }

    /// <summary>Refuses a gate on a metric that is not computed.</summary>
    /// <exception cref="FormatException">It is not; the message lists those that are.</exception>
    public void RequireMetric(IReadOnlyCollection<string> metrics)
    {
        if (metrics.Contains(Metric))
            return;
        var cure = Metric switch
        {
            "lpips" => " LPIPS needs the published weights, given with --lpips; an uncalibrated distance is called 'perceptual'.",
            "perceptual" => " A perceptual distance needs --perceptual; a calibrated one is called 'lpips'.",
            _ => "",
        };
        throw new FormatException($"--fail-if \"{Text}\": '{Metric}' is not measured here; what is: {string.Join(", ", metrics)}.{cure}");
    }

    /// <summary>Whether a value meets the condition, so that the gate fails.</summary>
    public bool IsMetBy(double value) => Operator switch
    {
        GateOperator.Above => value > Threshold,
        GateOperator.AtLeast => value >= Threshold,
        GateOperator.Below => value < Threshold,
        _ => value <= Threshold,
    };

    private static GateOperator OperatorOf(string text) => text switch
    {
        ">" => GateOperator.Above,
        ">=" => GateOperator.AtLeast,
        "<" => GateOperator.Below,
        _ => GateOperator.AtMost,
    };

    [GeneratedRegex(
        @$"^\s*(?<metric>[a-z][a-z0-9_-]*)\s*(?<operator>[<>]=?)\s*{Number}\s*(?<percent>%)?\s*$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
