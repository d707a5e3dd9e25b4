using Spectre.Console;

namespace LdmMl.Cli.Output;

/// <summary>The table of scores that a person reads.</summary>
internal static class ScoreTable
{
    public static Table Of(IEnumerable<ImageScore> scores, ImageScore mean)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("image")
            .AddColumn(new TableColumn("PSNR dB").RightAligned())
            .AddColumn(new TableColumn("SSIM").RightAligned());
        foreach (var score in scores.Append(mean))
            table.AddRow(Markup.Escape(score.Image), $"{score.Psnr:F2}", $"{score.Ssim:F4}");
        return table;
    }
}
