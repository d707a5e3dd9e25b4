using Spectre.Console;

namespace LdmMl.Cli.Output;

/// <summary>The table of scores that a person reads.</summary>
internal static class ScoreTable
{
    /// <param name="scores">The scores of the images.</param>
    /// <param name="mean">Their means.</param>
    /// <param name="distance">What the perceptual distance is called; null if there is none.</param>
    public static Table Of(IEnumerable<ImageScore> scores, ImageScore mean, string? distance = null)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("image")
            .AddColumn(new TableColumn("PSNR dB").RightAligned())
            .AddColumn(new TableColumn("SSIM").RightAligned());
        if (distance is not null)
            table.AddColumn(new TableColumn(Markup.Escape(distance)).RightAligned());
        foreach (var score in scores.Append(mean))
        {
            string[] cells = [Markup.Escape(score.Image), $"{score.Psnr:F2}", $"{score.Ssim:F4}"];
            table.AddRow(distance is null ? cells : [.. cells, $"{score.PerceptualDistance:F4}"]);
        }

        return table;
    }
}
