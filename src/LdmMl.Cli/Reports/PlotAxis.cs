namespace LdmMl.Cli.Reports;

/// <summary>One axis of a plot: values to pixels, and round values to label it with.</summary>
internal sealed class PlotAxis
{
    private readonly double least, most, start, end;

    /// <summary>
    /// Makes an axis from the least to the largest value, drawn between two positions; the order of the positions gives its direction.
    /// </summary>
    public PlotAxis(double least, double most, double start, double end)
    {
        // A single value stands in the middle of an axis of its own size.
        var margin = most > least ? 0 : least == 0 ? 1 : Math.Abs(least) / 2;
        (this.least, this.most, this.start, this.end) = (least - margin, most + margin, start, end);
    }

    public double Least => least;

    public double Most => most;

    /// <summary>Gets round values within the axis, 1, 2 or 5 times a power of ten apart, and a form that tells them from each other.</summary>
    public (double[] Values, string Format) Ticks(int wanted = 5)
    {
        var rough = (most - least) / wanted;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = new[] { 1.0, 2, 5, 10 }.First(factor => factor * power >= rough * 0.999) * power;
        var first = (long)Math.Ceiling(least / step - 1e-9);
        var last = (long)Math.Floor(most / step + 1e-9);
        var decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        return ([.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)], $"F{Math.Min(decimals, 9)}");
    }

    public double At(double value) => start + (value - least) / (most - least) * (end - start);
}
