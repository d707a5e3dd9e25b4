using LdmMl.Cli.Output;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Reports;

/// <summary>Keeps the report of a training up to date in its file, which is whole at every moment.</summary>
/// <param name="file">The file.</param>
/// <param name="log">What the report knows.</param>
/// <param name="clock">Decides when the file is written.</param>
internal sealed class TrainingReportFile(FileInfo file, TrainingLog log, TimeProvider clock) : ITrainingObserver
{
    // A page of a megabyte takes about 50 ms to make: less than a hundredth of the time.
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(30), AtNews = TimeSpan.FromSeconds(5);

    private long? writtenAt;

    /// <summary>Gets why the file could not be written; null if it could.</summary>
    public string? Failure { get; private set; }

    public void ContinueFrom(IReadOnlyList<TrainingStep> history)
    {
        foreach (var step in history)
            log.Add(step);
    }

    public void Report(TrainingStep value)
    {
        log.Add(value);
        var isNews = value.Validation is not null || value.Verdicts.Count > 0 || value.Preview is not null;
        if (writtenAt is { } before && clock.GetElapsedTime(before) < (isNews ? AtNews : Usual))
            return;
        Write();
    }

    /// <summary>Writes the report for the last time.</summary>
    /// <param name="end">How the training ended.</param>
    public void Finish(string end)
    {
        log.End = end;
        Write();
    }

    // A training does not end because its report cannot be written.
    private void Write()
    {
        writtenAt = clock.GetTimestamp();
        try
        {
            OutputFile.Write(file, TrainingPage.Of(log, clock.GetUtcNow()).Text);
            Failure = null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Failure = $"The report '{file}' cannot be written: {error.Message}";
        }
    }
}
