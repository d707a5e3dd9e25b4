namespace LdmMl.Torch.Models.Text.Tokens;

/// <summary>BERT's uncased tokenizer (Devlin et al. 2019): cleans the text and splits each word into the longest pieces in the vocabulary.</summary>
internal sealed class BertTokenizer : ITokenizer
{
    private const int LongestWord = 100;   // characters; longer words are unknown, as in the reference
    private const string Continued = "##";

    private readonly Dictionary<string, int> vocabulary;
    private readonly int unknown;
    private readonly SpecialTokens special;

    /// <param name="vocabulary">Every token and its number.</param>
    /// <param name="frame">The start, end and padding tokens.</param>
    /// <param name="unknown">The token for words that cannot be split into pieces.</param>
    /// <param name="special">The tokens that are recognised when written out in a text.</param>
    public BertTokenizer(Dictionary<string, int> vocabulary, TokenFrame frame, int unknown, IReadOnlyDictionary<string, IReadOnlyList<int>> special)
    {
        this.vocabulary = vocabulary;
        this.unknown = unknown;
        this.special = new SpecialTokens(special);
        Frame = frame;
        VocabularySize = vocabulary.Values.Max() + 1;
    }

    public TokenFrame Frame { get; }

    public int VocabularySize { get; }

    public IReadOnlyList<int> Tokenize(string text) => special.Split(text, part => BasicText.Words(part, plain: true).SelectMany(Pieces));

    private List<int> Pieces(string word)
    {
        if (word.EnumerateRunes().Count() > LongestWord)
            return [unknown];
        var ids = new List<int>();
        for (var start = 0; start < word.Length;)
        {
            var prefix = start == 0 ? "" : Continued;
            var end = word.Length;
            var id = 0;
            while (end > start && !vocabulary.TryGetValue(prefix + word[start..end], out id))
                end--;
            if (end == start)
                return [unknown];
            ids.Add(id);
            start = end;
        }

        return ids;
    }
}
