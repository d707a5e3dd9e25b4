using LdmMl.Cli.Output;
using LdmMl.Files;
using LdmMl.Torch.Training;
using LdmMl.Training;

namespace LdmMl.Cli.Pipelines;

/// <summary>Reads the image files of a training, and their labels, as the trainers of ML.NET read rows.</summary>
internal static class TrainingFiles
{
    /// <summary>Reads files into memory.</summary>
    /// <param name="title">What is being done.</param>
    /// <param name="files">The files.</param>
    /// <param name="images">Loads them and brings them to one size.</param>
    /// <param name="channels">3, or 1 for grey.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The images, and their labels; null if they have none.</returns>
    public static (ImageSet Images, LabelRows? Labels) Read(
        string title, LabelledFiles files, SizedImages images, int channels, CancellationToken cancellation)
    {
        var labels = files.Labels is null ? null : new LabelRows(nameof(ImageRow.Label));
        var options = new AutoencoderEstimatorOptions
        {
            ImageColumnName = SizedImages.ColumnName, MaximumImageBytes = long.MaxValue, CancellationToken = cancellation,
        };
        ImageSet? set = null;
        ProgressDisplay.Run(title, report => FileNames.InTerms(files.Paths, () => images.Use(
            Reported(files, report), view => set = TrainingImages.Read(view, options, channels, fraction: 0, labels).Images)));
        return (set!, labels);
    }

    private static IEnumerable<ImageRow> Reported(LabelledFiles files, Action<double, string> report)
    {
        var count = files.Paths.Count;
        foreach (var (index, row) in files.Rows().Index())
        {
            report((double)index / count, $"{index} of {count}");
            yield return row;
        }

        report(1, $"{count} of {count}");
    }
}
