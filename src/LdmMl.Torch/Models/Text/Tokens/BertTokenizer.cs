namespace LdmMl.Torch.Models.Text.Tokens;

/// <summary>BERT's uncased tokenizer (Devlin et al. 2019): cleaned words, each cut into the longest pieces that the vocabulary has.</summary>
internal sealed class BertTokenizer : ITokenizer
{
    private const int LongestWord = 100;   // characters; longer ones are unknown, in the reference too
    private const string Continued = "##";

    private readonly Dictionary<string, int> vocabulary;
    private readonly int unknown;
    private readonly SpecialTokens special;

    /// <param name="vocabulary">Every token and its number.</param>
    /// <param name="frame">Begin, end, padding.</param>
    /// <param name="unknown">The token of words that have no pieces.</param>
    /// <param name="special">The tokens that stand for themselves where a text has them written out.</param>
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
