namespace LdmMl.Torch.Models.Text.Tokens;

/// <summary>CLIP's tokenizer (Radford et al. 2021): cleans a text, splits it into pieces, and encodes each piece as byte pairs.</summary>
internal sealed class ClipTokenizer : ITokenizer
{
    private const string Start = "<|startoftext|>";
    private const string End = "<|endoftext|>";

    private readonly BytePairs pairs;
    private readonly TextRules rules;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<int>> special;
    private readonly SpecialTokens? writtenOut;
    private readonly Dictionary<string, int> afterCleaning = new(StringComparer.Ordinal);
    private readonly ClipPieces pieces;

    /// <param name="pairs">The byte pairs.</param>
    /// <param name="frame">The start, end and padding tokens.</param>
    /// <param name="special">The tokens that are recognised when written out in a text, with exactly this spelling.</param>
    /// <param name="rules">How texts are cleaned.</param>
    public ClipTokenizer(BytePairs pairs, TokenFrame frame, IReadOnlyDictionary<string, IReadOnlyList<int>> special, TextRules rules)
    {
        this.pairs = pairs;
        this.rules = rules;
        this.special = special;
        Frame = frame;
        VocabularySize = pairs.Vocabulary.Values.Concat(special.Values.SelectMany(ids => ids)).Max() + 1;
        var (start, end) = rules == TextRules.OpenClip ? ("<start_of_text>", "<end_of_text>") : (Start, End);

        // Only Hugging Face's Rust code recognises them before cleaning.
        if (rules is not TextRules.Fast)
        {
            afterCleaning[start] = frame.Start;
            afterCleaning[end] = frame.End;
        }

        pieces = new ClipPieces([.. afterCleaning.Keys]);

        // OpenAI's code recognises special tokens only after cleaning; Hugging Face's takes them out before it.
        writtenOut = rules is TextRules.OpenAi or TextRules.OpenAiUnrepaired or TextRules.OpenClip ? null : new SpecialTokens(special);
    }

    public TokenFrame Frame { get; }

    public int VocabularySize { get; }

    /// <summary>Gets whether special tokens written out in a text are recognised before cleaning.</summary>
    public bool KnowsWrittenTokens => writtenOut is not null;

    /// <summary>Returns whether there is a token with this name.</summary>
    public bool Knows(string token) => pairs.Vocabulary.ContainsKey(token) || special.ContainsKey(token);

    /// <summary>Returns this tokenizer with an added word of one or more tokens.</summary>
    /// <param name="word">The word.</param>
    /// <param name="tokens">Its tokens and their numbers; each token is also recognised when written out by itself.</param>
    public ClipTokenizer With(string word, IReadOnlyDictionary<string, int> tokens)
    {
        var more = new Dictionary<string, IReadOnlyList<int>>(special, StringComparer.Ordinal);
        foreach (var (token, number) in tokens)
            more[token] = [number];
        more[word] = [.. tokens.Values.Order()];
        return new ClipTokenizer(pairs, Frame, more, rules);
    }

    public IReadOnlyList<int> Tokenize(string text) => writtenOut?.Split(text, Clean) ?? [.. Clean(text)];

    private IEnumerable<int> Clean(string text) => pieces.Of(ClipCleaning.Clean(text, rules)).SelectMany(Piece);

    private IReadOnlyList<int> Piece(string piece) => afterCleaning.TryGetValue(piece, out var id) ? [id] : pairs.Encode(piece);
}
