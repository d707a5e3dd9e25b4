using LdmMl.Cli.Comparing;
using LdmMl.Cli.Output;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Reports;

/// <summary>What the report of a training knows: enough steps for curves, every validation and verdict, and some sheets of images.</summary>
/// <param name="commandLine">The command line.</param>
/// <param name="settings">Further settings, by name.</param>
internal sealed class TrainingLog(string commandLine, IReadOnlyList<(string Name, string Value)> settings)
{
    // More points than a curve has pixels look the same.
    private const int MostSteps = 1000, MostSheets = 6;

    private readonly List<TrainingStep> steps = [];
    private readonly List<TrainingStep> validations = [];
    private readonly List<TrainingVerdict> verdicts = [];
    private readonly List<(TrainingPreview Sheet, Picture Picture)> sheets = [];
    private readonly BestValidation best = new();
    private int interval = 1;

    public string CommandLine => commandLine;

    public IReadOnlyList<(string Name, string Value)> Settings => settings;

    /// <summary>Gets the steps of the curves.</summary>
    public IReadOnlyList<TrainingStep> Steps => steps;

    /// <summary>Gets the steps with a validation.</summary>
    public IReadOnlyList<TrainingStep> Validations => validations;

    /// <summary>Gets what the monitor said.</summary>
    public IReadOnlyList<TrainingVerdict> Verdicts => verdicts;

    /// <summary>Gets the sheets of images, the first and the last among them.</summary>
    public IReadOnlyList<(TrainingPreview Sheet, Picture Picture)> Sheets => sheets;

    /// <summary>Gets the last step; null before it.</summary>
    public TrainingStep? Last { get; private set; }

    /// <summary>Gets the best validation in words; null before the first.</summary>
    public string? Best => best.Text;

    /// <summary>Gets or sets how the training ended; null while it runs.</summary>
    public string? End { get; set; }

    /// <summary>Takes a step in.</summary>
    public void Add(TrainingStep step)
    {
        Last = step with { Preview = null };
        best.Consider(step);
        verdicts.AddRange(step.Verdicts);
        if (step.Validation is not null)
            validations.Add(Last);
        if (step.Preview is { } sheet)
            AddSheet(sheet);
        if (step.Step % interval == 0)
            steps.Add(Last);
        if (steps.Count <= MostSteps)
            return;
        interval *= 2;
        steps.RemoveAll(kept => kept.Step % interval != 0);
    }

    private void AddSheet(TrainingPreview sheet)
    {
        sheets.Add((sheet, Picture.Of(sheet.Pixels.Span, sheet.Width, sheet.Height)));
        if (sheets.Count <= MostSheets)
            return;
        var least = Enumerable.Range(1, sheets.Count - 2).MinBy(i => (double)sheets[i + 1].Sheet.Step / sheets[i - 1].Sheet.Step);
        sheets.RemoveAt(least);                                  // early ones differ more than late ones
    }
}
