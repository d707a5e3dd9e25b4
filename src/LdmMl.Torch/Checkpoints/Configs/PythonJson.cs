using System.Text;

namespace LdmMl.Torch.Checkpoints.Configs;

/// <summary>
/// Python writes infinities and NaN as bare words, which JSON does not allow: <c>"lambda_min_clipped": -Infinity</c> is in many published
/// scheduler.
/// </summary>
internal static class PythonJson
{
    private static readonly string[] Words = ["-Infinity", "Infinity", "NaN"];

    /// <summary>Quotes such words where they are outside of strings.</summary>
    public static string Quoted(string json)
    {
        if (!Array.Exists(Words, word => json.Contains(word, StringComparison.Ordinal)))
            return json;

        var result = new StringBuilder(json.Length + 16);
        var inText = false;
        for (var i = 0; i < json.Length; i++)
        {
            var word = inText ? null : Array.Find(Words, candidate => string.CompareOrdinal(json, i, candidate, 0, candidate.Length) == 0);
            if (word is not null)
            {
                result.Append('"').Append(word).Append('"');
                i += word.Length - 1;
                continue;
            }

            result.Append(json[i]);
            if (json[i] == '"')
                inText = !inText;
            else if (json[i] == '\\' && inText && i + 1 < json.Length)
                result.Append(json[++i]);
        }

        return result.ToString();
    }
}
