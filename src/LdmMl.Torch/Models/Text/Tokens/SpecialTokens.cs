namespace LdmMl.Torch.Models.Text.Tokens;

/// <summary>Finds special tokens written out anywhere in a text; if two start at the same place, the longer one counts.</summary>
/// <param name="tokens">The texts, and the token numbers of each.</param>
internal sealed class SpecialTokens(IReadOnlyDictionary<string, IReadOnlyList<int>> tokens)
{
    private readonly string[] longestFirst = [.. tokens.Keys.Where(token => token.Length > 0).OrderByDescending(token => token.Length)];

    /// <summary>Tokenizes a text: special tokens as they are, and the text between them by <paramref name="tokenize"/>.</summary>
    public List<int> Split(string text, Func<string, IEnumerable<int>> tokenize)
    {
        var ids = new List<int>();
        var begin = 0;
        for (var index = 0; index < text.Length;)
        {
            var found = Array.Find(longestFirst, token => string.CompareOrdinal(text, index, token, 0, token.Length) == 0);
            if (found is null)
            {
                index++;
                continue;
            }

            ids.AddRange(tokenize(text[begin..index]));
            ids.AddRange(tokens[found]);
            begin = index += found.Length;
        }

        ids.AddRange(tokenize(text[begin..]));
        return ids;
    }
}
