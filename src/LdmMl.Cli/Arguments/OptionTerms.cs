using System.Collections;
using System.CommandLine;
using System.Globalization;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Training.States;

namespace LdmMl.Cli.Arguments;

/// <summary>Which option of the tool sets which member of the library's options, so that messages name the option.</summary>
internal sealed class OptionTerms : IEnumerable<KeyValuePair<string, Option>>
{
    private readonly Dictionary<string, Option> options = new(StringComparer.Ordinal);

    /// <summary>Names the option that sets a member.</summary>
    public void Add(string member, Option option) => options.Add(member, option);

    /// <summary>Adds all of another list.</summary>
    public OptionTerms And(OptionTerms others) => [.. this, .. others];

    /// <summary>Runs what checks options; a refused value comes out under the tool's name.</summary>
    /// <exception cref="ArgumentException">A value is refused.</exception>
    public T Run<T>(Func<T> check)
    {
        try
        {
            return check();
        }
        catch (OptionException error) when (options.TryGetValue(error.Member, out var option))
        {
            throw new ArgumentException($"{option.Name} is {Text(error.Given)}; {error.Requirement}.", error);
        }
        catch (CheckpointException error) when (error.Data[TrainingDifference.Key] is TrainingDifference[] differences)
        {
            throw new CheckpointException(error.Path, TrainingSetup.Sentence(differences, NameOf), error);
        }
    }

    /// <inheritdoc cref="Run{T}"/>
    public void Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Option>> GetEnumerator() => options.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // Of Options.LearningRate the member is known; what lies deeper, or what no option sets, keeps its path.
    private string NameOf(string path) =>
        path.StartsWith("Options.", StringComparison.Ordinal) && options.TryGetValue(path["Options.".Length..], out var option) ? option.Name : path;

    private void Add(KeyValuePair<string, Option> term) => options[term.Key] = term.Value;

    private static string Text(object? value) => value switch
    {
        null => "not given",
        Enum choice => Choices.NameOf(choice),
        string text => $"'{text}'",
        IEnumerable values => string.Join(' ', values.Cast<object?>().Select(Text)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };
}
