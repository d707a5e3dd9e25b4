namespace LdmMl.Torch.Models.Text.Tokens;

/// <summary>Finds tokens that are written out in a text, wherever they stand; of two at one place the longer.</summary>
/// <param name="tokens">The texts, and the tokens that each stands for.</param>
internal sealed class SpecialTokens(IReadOnlyDictionary<string, IReadOnlyList<int>> tokens)
{
    private readonly string[] longestFirst = [.. tokens.Keys.Where(token => token.Length > 0).OrderByDescending(token => token.Length)];

    /// <summary>Makes tokens of a text: those that are written out, and between them what <paramref name="tokenize"/> makes of the rest.</summary>
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
