using System.Collections;
using System.CommandLine;
using System.Globalization;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;

namespace LdmMl.Cli.Arguments;

/// <summary>Which option of the tool sets which member of the library's options, so that messages name the option.</summary>
internal sealed class OptionTerms : IEnumerable<KeyValuePair<string, Option>>
{
    // Where an exception keeps the terms of the command that it came from.
    private const string Key = "OptionTerms";

    private readonly Dictionary<string, Option> options = new(StringComparer.Ordinal);

    /// <summary>Names the option that sets a member.</summary>
    public void Add(string member, Option option) => options.Add(member, option);

    /// <summary>Adds all of another list.</summary>
    public OptionTerms And(OptionTerms others) => [.. this, .. others];

    /// <summary>Runs code that checks options; an error about a value names the tool's option.</summary>
    /// <exception cref="ArgumentException">A value is refused.</exception>
    public T Run<T>(Func<T> check)
    {
        try
        {
            return check();
        }
        catch (OptionException error)
        {
            throw new ArgumentException(Sentence(error), error);
        }
        catch (Exception error) when (WordedException.WordingOf(error) is not null && error.Data[Key] is null)
        {
            error.Data[Key] = this;
            throw;
        }
    }

    /// <summary>Says what an exception says, in the tool's names.</summary>
    public static string Sentence(Exception error)
    {
        var terms = error.Data[Key] as OptionTerms ?? [];
        var text = WordedException.WordingOf(error)?.ToString(new OptionNames(terms.options, refused: null));
        return (error, text) switch
        {
            (OptionException refused, _) => terms.Sentence(refused),
            (_, null) => error.Message,
            (CheckpointException { Path: var path }, _) => $"Checkpoint '{path}': {text}",
            _ => text,
        };
    }

    /// <summary>Says what is wrong with a value, in the tool's names.</summary>
    public string Sentence(OptionException error)
    {
        var option = options.GetValueOrDefault(error.Member);
        var name = option?.Name ?? $"The value of {OptionNames.Words(error.Member)}";
        return $"{name} is {Text(error.Given)}; {Requirement(error)}.";
    }

    /// <summary>Says what a value must be, in the tool's names.</summary>
    public string Requirement(OptionException error) =>
        error.Wording.ToString(new OptionNames(options, options.GetValueOrDefault(error.Member)));

    /// <inheritdoc cref="Run{T}"/>
    public void Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Option>> GetEnumerator() => options.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Add(KeyValuePair<string, Option> term) => options[term.Key] = term.Value;

    private static string Text(object? value) => value switch
    {
        null => "not given",
        Enum choice => Choices.NameOf(choice),
        WordingChoice choice => Choices.ShownName(choice.Name),
        ISampler sampler => Choices.NameOf(sampler),
        string text => $"'{text}'",
        IEnumerable values => string.Join(' ', values.Cast<object?>().Select(Text)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };
}
