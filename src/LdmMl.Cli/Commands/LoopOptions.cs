using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Torch.Training;

namespace LdmMl.Cli.Commands;

/// <summary>The options of a training's loop: accumulated gradients, and what a validation decides.</summary>
internal sealed class LoopOptions
{
    private readonly Option<int> accumulate;
    private readonly Option<bool> keepBest = new("--keep-best") { Description = "Save the weights with the best validation, not those of the last step." };
    private readonly Option<int?> patience = Values.OptionalWhole(
        "--patience", "Stop after this many validations without improvement.");

    /// <summary>Initializes the options.</summary>
    /// <param name="usual">The defaults of the library.</param>
    public LoopOptions(TrainingOptions usual) => accumulate = Values.Whole(
        "--accumulate", "The number of batches whose gradients a step averages: a larger effective batch in the memory of one.", usual.AccumulatedBatches);

    /// <summary>Gets the options.</summary>
    public IReadOnlyList<Option> All => [accumulate, keepBest, patience];

    /// <summary>Gets what the library calls the options.</summary>
    public OptionTerms Terms => new()
    {
        { nameof(TrainingOptions.AccumulatedBatches), accumulate }, { nameof(TrainingOptions.KeepBest), keepBest },
        { nameof(TrainingOptions.Patience), patience },
    };

    /// <summary>Refuses two options if one of them would be ignored.</summary>
    /// <exception cref="ArgumentException">Both are given.</exception>
    public static void CheckLength(ParseResult parsed, Option epochs, Option steps)
    {
        if (parsed.GetResult(epochs) is { Implicit: false } && parsed.GetResult(steps) is { Implicit: false })
            throw new ArgumentException($"{steps.Name} and {epochs.Name} both set the length of the training; use only one of them.");
    }

    /// <summary>Adds the options that were given.</summary>
    public T Add<T>(ParseResult parsed, T options)
        where T : TrainingOptions => (T)((TrainingOptions)options with
        {
            AccumulatedBatches = parsed.GetValue(accumulate), KeepBest = parsed.GetValue(keepBest), Patience = parsed.GetValue(patience),
        });
}
