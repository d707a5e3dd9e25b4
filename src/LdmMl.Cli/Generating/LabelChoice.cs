using System.Globalization;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Labelling;
using LdmMl.Torch.Generation;

namespace LdmMl.Cli.Generating;

/// <summary>The labels that a person names: by name, by number, or all of them.</summary>
internal static class LabelChoice
{
    private const string All = "all";

    // The message shows at most this many labels.
    private const int NamesShown = 20;

    /// <summary>Finds the labels of a model.</summary>
    /// <param name="conditioning">What the model is conditioned on.</param>
    /// <param name="given">What was requested, in its order.</param>
    /// <returns>Their numbers and names; none if none is requested and the model needs none.</returns>
    /// <exception cref="ArgumentException">The model has no labels, no such label, or needs one; the message says which there are.</exception>
    public static IReadOnlyList<(int Number, string Name)> Find(Conditioning conditioning, IReadOnlyList<string> given)
    {
        if (conditioning is not LabelConditioning labels)
        {
            return given.Count == 0
                ? []
                : throw new ArgumentException($"--label is '{given[0]}', but this model was trained without labels; leave --label out.");
        }

        if (given.Count == 0 && !labels.HasNullLabel)
            throw new ArgumentException($"This model needs labels; give --label all, or some of {Describe(labels)}.");
        return [.. given.SelectMany(word => Find(labels, word))];
    }

    private static IEnumerable<(int Number, string Name)> Find(LabelConditioning labels, string word)
    {
        if (LabelNames.Find(word, labels.Names) is { } name)
            return [(labels.IndexOf(name), name)];
        if (string.Equals(word, All, StringComparison.OrdinalIgnoreCase))
            return Enumerable.Range(0, labels.Count).Select(number => (number, Name(labels, number)));
        return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < labels.Count
            ? [(index, Name(labels, index))]
            : throw new ArgumentException(
                $"--label is '{word}'; this model has {Describe(labels)}, and 'all' for all of them.{Suggestion.For(word, labels.Names)}");
    }

    private static string Name(LabelConditioning labels, int number) =>
        labels.Names.Count > 0 ? labels.Names[number] : number.ToString(CultureInfo.InvariantCulture);

    private static string Describe(LabelConditioning labels)
    {
        if (labels.Names.Count == 0)
            return $"the labels 0 to {labels.Count - 1}";
        var more = labels.Names.Count > NamesShown ? $" and {labels.Names.Count - NamesShown} more ('ldmml info' lists them)" : "";
        return $"the labels {string.Join(", ", labels.Names.Take(NamesShown).Select(name => $"'{name}'"))}{more}";
    }
}
