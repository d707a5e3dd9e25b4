using Spectre.Console;

namespace LdmMl.Cli.Output;

/// <summary>The figures that compare two sets of images, as a person reads them.</summary>
internal static class EvaluationTable
{
    public static Table Of(GenerationMetrics metrics)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("figure")
            .AddColumn(new TableColumn("value").RightAligned())
            .AddColumn("for equal sets");
        void Add(string name, string value, string equal) => table.AddRow(Markup.Escape(name), Markup.Escape(value), Markup.Escape(equal));
        Add(metrics.FrechetDistanceName, $"{metrics.FrechetDistance:G6}", "0; lower is better");
        Add("kernel distance", $"{metrics.KernelDistance:G6} ± {metrics.KernelDistanceStandardDeviation:G2}", "about 0; lower is better");
        Add("precision", $"{metrics.Precision:F4}", "about 1: generated images look real");
        Add("recall", $"{metrics.Recall:F4}", "about 1: real images could be generated");
        Add("density", $"{metrics.Density:F4}", "about 1: generated images lie where real ones do");
        Add("coverage", $"{metrics.Coverage:F4}", "about 1: real images have a generated one nearby");
        return table;
    }
}
