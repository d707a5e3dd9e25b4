using LdmMl.Torch.Training;

namespace LdmMl.Cli.Output;

/// <summary>
/// A training on the console: one line that changes on a terminal, a plain line now and then elsewhere. Validations and verdicts stand above it and stay.
/// </summary>
/// <param name="output">Where the lines go.</param>
/// <param name="width">The width of the terminal in letters; null if it is none.</param>
/// <param name="clock">Decides when a line is due.</param>
internal sealed class TrainingDisplay(TextWriter output, Func<int>? width, TimeProvider clock) : ITrainingObserver, IDisposable
{
    private const string BeginningOfLine = "\r", RestOfLine = "\u001b[K";
    private const int NarrowestTerminal = 20;

    private static readonly TimeSpan BetweenChanges = TimeSpan.FromMilliseconds(100), BetweenLines = TimeSpan.FromSeconds(10);

    private readonly BestValidation best = new();
    private long shownAt = clock.GetTimestamp();
    private bool isShown;

    public void ContinueFrom(IReadOnlyList<TrainingStep> history)
    {
        foreach (var step in history)
            best.Consider(step);
        Say($"resuming after step {history[^1].Step}");
    }

    public void Report(TrainingStep value)
    {
        best.Consider(value);
        if (value.Validation is not null)
            Say($"epoch {value.Epoch}, step {value.Step}: validation {BestValidation.Describe(value.Validation)}");
        foreach (var verdict in value.Verdicts)
            Say($"warning: step {verdict.Step}: {verdict.Sentence}");
        if (clock.GetElapsedTime(shownAt) < (width is null ? BetweenLines : BetweenChanges))
            return;
        shownAt = clock.GetTimestamp();
        Show(TrainingSummary.Line(value, best.Text));
    }

    /// <summary>Clears the changing line.</summary>
    public void Dispose() => Clear();

    private void Show(string line)
    {
        if (width is null)
        {
            output.WriteLine($"train: {line}");
            return;
        }

        var room = Math.Max(NarrowestTerminal, width()) - 1;     // the last column would make some terminals fold the line
        output.Write($"{BeginningOfLine}{(line.Length <= room ? line : line[..(room - 1)] + "…")}{RestOfLine}");
        isShown = true;
    }

    private void Say(string line)
    {
        Clear();
        output.WriteLine(line);
    }

    private void Clear()
    {
        if (isShown)
            output.Write(BeginningOfLine + RestOfLine);
        isShown = false;
    }
}
