using System.CommandLine;
using System.Globalization;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary>The state of a training, in the folder of its model, from which a later command continues.</summary>
internal sealed class StateOptions
{
    private const string FolderName = "training";
    private const int MostMinutes = 366 * 24 * 60;

    private readonly Option<bool> resume = new("--resume")
    {
        Description = "Resume the interrupted training in --out, with the same result as without an interruption; all other options must be as before.",
    };
    private readonly Option<int> saveInterval;
    private readonly Option<double> saveMinutes;

    /// <summary>Initializes the options.</summary>
    /// <param name="usual">The defaults of the library.</param>
    public StateOptions(TrainingOptions usual)
    {
        saveInterval = Values.Whole(
            "--save-interval", "The number of steps between two writes of the state for --resume; also written at the end. 0 keeps none.",
            usual.SaveInterval, least: 0);
        saveMinutes = Values.Number(
            "--save-minutes", "The number of minutes after which it is written even if --save-interval is not reached; 0 to count only steps.",
            usual.SavePeriod?.TotalMinutes ?? 0);
    }

    /// <summary>Gets the options.</summary>
    public IReadOnlyList<Option> All => [resume, saveInterval, saveMinutes];

    /// <summary>Gets what the library calls the options.</summary>
    public OptionTerms Terms => new() { { nameof(TrainingOptions.SaveInterval), saveInterval }, { nameof(TrainingOptions.Resume), resume } };

    /// <summary>Gets whether the training goes on from a state.</summary>
    public bool Resumes(ParseResult parsed) => parsed.GetValue(resume);

    /// <summary>Gets whether a state is kept.</summary>
    public bool Keeps(ParseResult parsed) => parsed.GetValue(saveInterval) > 0;

    /// <summary>Refuses to replace the result of a training or its state.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="target">The folder.</param>
    /// <param name="overwrites">Whether they may be replaced.</param>
    /// <param name="what">The result: "a model".</param>
    /// <param name="names">The files and folders that show it.</param>
    /// <exception cref="IOException">One is there, and neither may it be replaced nor does the training go on from it.</exception>
    public void CheckFree(ParseResult parsed, DirectoryInfo target, bool overwrites, string what, IEnumerable<string> names)
    {
        if (overwrites || Resumes(parsed))
            return;
        if (Directory.Exists(FolderOf(target)))
        {
            throw new IOException(
                $"--out is '{target}', which contains {what} and the state of its training; give --resume to continue, --overwrite to start over, "
                + "or choose another folder.");
        }

        OutputFolder.CheckFree(target, what, names, mayReplace: false);
    }

    /// <summary>Sets where the state is kept.</summary>
    public T Add<T>(ParseResult parsed, DirectoryInfo target, T options)
        where T : TrainingOptions =>
        !Keeps(parsed) && !Resumes(parsed) ? options : (T)((TrainingOptions)options with
        {
            StateFolder = FolderOf(target), Resume = Resumes(parsed), SaveInterval = Keeps(parsed) ? parsed.GetValue(saveInterval) : int.MaxValue,
            SavePeriod = Keeps(parsed) ? PeriodOf(parsed) : null,
        });

    /// <summary>Removes the state of a model that is replaced.</summary>
    public void Begin(ParseResult parsed, DirectoryInfo target)
    {
        if (!Terminal.IsQuiet && !Resumes(parsed) && Directory.Exists(FolderOf(target)))
            Directory.Delete(FolderOf(target), recursive: true);
        TrainingTogether.Wait();
    }

    /// <summary>Says how a training ended.</summary>
    public static string Describe<TModel>(TrainingResult<TModel> result, DirectoryInfo folder)
        where TModel : ModelHandle<TModel> => result.StepsBefore == result.Steps && result.Steps > 0
        ? $"The training was already complete, after {Counted.Of(result.Steps, "step")}; its result is written again: {folder.FullName}"
        : $"{(result.Outcome == TrainingOutcome.StoppedEarly ? "Stopped early" : $"{result.Outcome}")} after {Counted.Of(result.Steps, "step")}: {folder.FullName}";

    private TimeSpan? PeriodOf(ParseResult parsed)
    {
        var minutes = parsed.GetValue(saveMinutes);
        return minutes is >= 0 and <= MostMinutes
            ? minutes == 0 ? null : TimeSpan.FromMinutes(minutes)
            : throw new ArgumentException(
                $"{saveMinutes.Name} is {minutes.ToString(CultureInfo.InvariantCulture)}; it must be from 0, to count only steps, to {MostMinutes}, a year.");
    }

    private static string FolderOf(DirectoryInfo target) => Path.Combine(target.FullName, FolderName);
}
