using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Cli.Reports;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary>How a training can be watched: on the console, in a growing report, and by event files for TensorBoard.</summary>
internal sealed class WatchOptions
{
    private readonly Option<FileInfo?> report = new("--report")
    {
        Description = "Write a report of the training to this HTML file: curves, images, verdicts and settings. It is updated during the training.",
    };
    private readonly Option<DirectoryInfo?> tensorBoard = new("--tensorboard") { Description = "Write event files for TensorBoard into this folder." };
    private readonly Option<int?> previewInterval = Values.OptionalWhole(
        "--preview-interval", "The number of steps between two updates of the images in --report and --tensorboard; by default a tenth of the training.");

    /// <summary>Gets the options.</summary>
    public IReadOnlyList<Option> All => [report, tensorBoard, previewInterval];

    /// <summary>Gets what the library calls the options.</summary>
    public OptionTerms Terms => new() { { nameof(TrainingOptions.PreviewInterval), previewInterval } };

    /// <summary>Adds when images are made.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">The options.</param>
    /// <param name="images">The number of training images.</param>
    /// <exception cref="ArgumentException">Images are requested, and nothing that shows them.</exception>
    public T Add<T>(ParseResult parsed, T options, int images)
        where T : TrainingOptions
    {
        const int Usual = 10;
        if (parsed.GetValue(report) is not null || parsed.GetValue(tensorBoard) is not null)
            return (T)((TrainingOptions)options with { PreviewInterval = parsed.GetValue(previewInterval) ?? Math.Max(1, options.StepsFor(images) / Usual) });
        return parsed.GetValue(previewInterval) is { } interval
            ? throw new ArgumentException($"--preview-interval is {interval}, but nothing shows the images; give --report or --tensorboard as well.")
            : options;
    }

    /// <summary>Finds out before any work whether the report can be written.</summary>
    public void Check(ParseResult parsed, OutputOptions output, bool continues)
    {
        output.Check(parsed, "--report", parsed.GetValue(report), continues);
        if (parsed.GetValue(tensorBoard) is { } folder)
            OutputFolder.Check("--tensorboard", folder);
    }

    /// <summary>Trains with everything that was asked to watch.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="settings">What the report names as settings.</param>
    /// <param name="train">Trains with a receiver of steps.</param>
    /// <exception cref="TrainingDivergedException">A loss or a gradient was not finite; the report says so.</exception>
    public TrainingResult<TModel> Run<TModel>(
        ParseResult parsed, IEnumerable<(string Name, string Value)> settings, Func<TrainingObservers, TrainingResult<TModel>> train)
        where TModel : ModelHandle<TModel>
    {
        if (Terminal.IsQuiet)
            return train(new TrainingObservers([]));
        using var display = new TrainingDisplay(
            Console.Error, Terminal.IsInteractive ? () => Terminal.Messages.Profile.Width : null, TimeProvider.System);
        var page = parsed.GetValue(report) is { } file
            ? new TrainingReportFile(file, new TrainingLog(CommandLine.Of(parsed), [.. settings]), TimeProvider.System) : null;
        var events = parsed.GetValue(tensorBoard) is { } folder ? new TensorBoardWriter(folder.FullName) : null;
        var observers = new TrainingObservers([.. new IProgress<TrainingStep>?[] { display, page, events }.OfType<IProgress<TrainingStep>>()]);
        try
        {
            var result = train(observers);
            page?.Finish(result.Outcome switch
            {
                TrainingOutcome.Completed => "Completed",
                TrainingOutcome.StoppedEarly => "Stopped early: the validation no longer improved",
                _ => "Interrupted",
            });
            return result;
        }
        catch (TrainingDivergedException failure)
        {
            page?.Finish(failure.Message);
            throw;
        }
        finally
        {
            display.Dispose();
            foreach (var failure in new[] { page?.Failure, events?.Failure }.OfType<string>())
                Terminal.Message($"warning: {failure}");
        }
    }
}
