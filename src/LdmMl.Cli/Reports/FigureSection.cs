using LdmMl.Cli.Comparing;
using LdmMl.Torch.Metrics.Statistics;

namespace LdmMl.Cli.Reports;

/// <summary>The means, their difference and the test, metric by metric.</summary>
internal static class FigureSection
{
    public static Html Of(ComparisonResult result) => Html.Of($"""
        <section aria-labelledby="figures">
        <h2 id="figures">Figures</h2>
        <p class="quiet">Means over images with their 95&#8239;% confidence intervals</p>
        <div class="scroll" role="region" aria-labelledby="figures" tabindex="0"><table>
        <thead><tr><th scope="col">metric</th><th scope="col">A</th><th scope="col">B</th><th scope="col">change B − A</th>
        <th scope="col">relative</th><th scope="col">p</th><th scope="col">B better in</th></tr></thead>
        <tbody>
        {result.Metrics.Where(comparison => comparison.Pairs is not null).Select(Row)}</tbody>
        </table></div>
        </section>
        """);

    private static Html Row(MetricComparison comparison)
    {
        var (metric, pairs) = (comparison.Metric, comparison.Pairs!);
        var unit = metric.Unit.Length == 0 ? "" : $"{metric.Unit}, ";
        return Html.Of($"""
            <tr><th scope="row">{metric.Title}<span class="quiet">{unit}{(metric.HigherIsBetter ? "higher" : "lower")} is better</span></th>
            {Cell(pairs.First, Value)}{Cell(pairs.Second, Value)}{Cell(pairs.Difference, Change)}{Cell(pairs.RelativeChange, Figure.Percent)}
            <td class="number">{Figure.PValue(pairs.PValue)}</td>
            <td class="number">{comparison.Better} of {pairs.Difference.Count}<span class="quiet">worse in {comparison.Worse}</span></td></tr>

            """);

        string Value(double value) => Figure.Value(metric, value);

        string Change(double value) => Figure.Change(metric, value);
    }

    private static Html Cell(BootstrapInterval? interval, Func<double, string> form) => interval is null
        ? new("""<td class="number">none</td>""")
        : Html.Of($"""<td class="number">{form(interval.Estimate)}<span class="quiet">{Figure.Interval(interval, form)}</span></td>""");
}
