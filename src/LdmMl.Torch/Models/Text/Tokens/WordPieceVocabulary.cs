using System.Text;

namespace LdmMl.Torch.Models.Text.Tokens;

/// <summary>
/// Builds a vocabulary of word pieces from texts (Wu et al. 2016; by the most frequent pair, Sennrich et al. 2016): every letter, at the beginning
/// and inside of a
/// word, and the results of repeatedly merging the most frequent pair.
/// </summary>
internal sealed class WordPieceVocabulary
{
    /// <summary>The tokens with which every vocabulary begins.</summary>
    public static readonly IReadOnlyList<string> Special = [Pad, Unknown, "[CLS]", "[SEP]", "[MASK]"];

    private const string Pad = "[PAD]", Unknown = "[UNK]", Inside = "##";

    // Among equally frequent pairs the first in alphabetical order is merged, so that the result does not depend on the order of enumeration.
    private static readonly Comparer<KeyValuePair<(string Left, string Right), long>> MostSeen = Comparer<KeyValuePair<(string Left, string Right), long>>.Create(
        (one, other) => one.Value != other.Value ? one.Value.CompareTo(other.Value)
            : one.Key.Left != other.Key.Left ? string.CompareOrdinal(other.Key.Left, one.Key.Left)
            : string.CompareOrdinal(other.Key.Right, one.Key.Right));

    private readonly List<(string[] Pieces, long Count)> words;
    private readonly Dictionary<(string Left, string Right), long> pairs = [];

    private WordPieceVocabulary(Dictionary<string, long> counts)
    {
        words = [.. counts.OrderBy(word => word.Key, StringComparer.Ordinal).Select(word => (Letters(word.Key), word.Value))];
        foreach (var (pieces, count) in words)
            Add(pieces, count);
    }

    /// <summary>Gets the letters, at the beginning and inside of a word, in the order of their code points.</summary>
    private string[] Alphabet
    {
        get
        {
            var letters = words.SelectMany(word => word.Pieces).Select(Plain).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
            return [.. letters, .. letters.Select(letter => Inside + letter)];
        }
    }

    /// <summary>Builds a vocabulary; the same texts give the same one.</summary>
    /// <param name="texts">The texts, cleaned as by BERT's tokenizer.</param>
    /// <param name="size">The largest number of tokens. It has fewer if all words are complete before that.</param>
    /// <returns>The tokens in the order of their numbers.</returns>
    /// <exception cref="InvalidDataException">The letters alone exceed it.</exception>
    public static IReadOnlyList<string> Learn(IEnumerable<string> texts, int size)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var word in texts.SelectMany(text => BasicText.Words(text, plain: true)))
            counts[word] = counts.GetValueOrDefault(word) + 1;
        var learning = new WordPieceVocabulary(counts);
        List<string> tokens = [.. Special, .. learning.Alphabet];
        if (tokens.Count > size)
            throw new InvalidDataException($"the texts have so many different letters that a vocabulary needs at least {tokens.Count} tokens.");
        var known = tokens.ToHashSet(StringComparer.Ordinal);
        while (tokens.Count < size && learning.pairs.Count > 0)
        {
            var piece = learning.JoinMostFrequent();
            if (known.Add(piece))
                tokens.Add(piece);
        }

        return tokens;
    }

    private string JoinMostFrequent()
    {
        var (left, right) = pairs.MaxBy(pair => pair, MostSeen).Key;
        var joined = left + Plain(right);
        for (var index = 0; index < words.Count; index++)
        {
            var (pieces, count) = words[index];
            if (!Has(pieces, left, right))
                continue;
            Add(pieces, -count);
            words[index] = (Join(pieces, left, right, joined), count);
            Add(words[index].Pieces, count);
        }

        return joined;
    }

    private void Add(string[] pieces, long count)
    {
        for (var index = 1; index < pieces.Length; index++)
        {
            var pair = (pieces[index - 1], pieces[index]);
            if ((pairs[pair] = pairs.GetValueOrDefault(pair) + count) == 0)
                pairs.Remove(pair);
        }
    }

    private static bool Has(string[] pieces, string left, string right)
    {
        for (var index = 1; index < pieces.Length; index++)
        {
            if (pieces[index - 1] == left && pieces[index] == right)
                return true;
        }

        return false;
    }

    private static string[] Join(string[] pieces, string left, string right, string joined)
    {
        var result = new List<string>(pieces.Length);
        foreach (var piece in pieces)
        {
            if (result.Count > 0 && result[^1] == left && piece == right)
                result[^1] = joined;
            else
                result.Add(piece);
        }

        return [.. result];
    }

    private static string[] Letters(string word) => [.. word.EnumerateRunes().Select((rune, place) => place == 0 ? $"{rune}" : $"{Inside}{rune}")];

    private static string Plain(string piece) => piece.Length > Inside.Length && piece.StartsWith(Inside, StringComparison.Ordinal) ? piece[Inside.Length..] : piece;
}
