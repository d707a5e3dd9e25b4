using Microsoft.ML.Tokenizers;

namespace LdmMl.Torch.Models.Text.Tokens;

/// <summary>Byte-pair encoding of one piece of text (Sennrich et al. 2016; on bytes, as GPT-2 and CLIP do).</summary>
internal sealed class BytePairs
{
    private const string EndOfWord = "</w>";

    private readonly BpeTokenizer encoder;

    /// <param name="vocabulary">Every token and its number.</param>
    /// <param name="merges">The pairs to merge, <c>first second</c>, the most frequent first.</param>
    /// <param name="unknown">The token for a byte that is not in the vocabulary.</param>
    public BytePairs(IReadOnlyDictionary<string, int> vocabulary, IReadOnlyCollection<string> merges, string unknown)
    {
        Vocabulary = vocabulary;
        encoder = BpeTokenizer.Create(new BpeOptions(vocabulary)
        {
            Merges = merges,
            ByteLevel = true,
            EndOfWordSuffix = EndOfWord,
            UnknownToken = unknown,
        });
    }

    /// <summary>Gets every token and its number.</summary>
    public IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <summary>Encodes a piece, which must not be empty.</summary>
    public IReadOnlyList<int> Encode(string piece) => encoder.EncodeToIds(piece, considerPreTokenization: false, considerNormalization: false);
}
