using System.Text;

namespace LdmMl.Files;

/// <summary>Reads lines of values separated by tabs, or by commas or semicolons with quoting (RFC 4180).</summary>
internal static class SeparatedValues
{
    /// <summary>Reads a text.</summary>
    /// <param name="text">The text. Its first line determines the separator: a tab if there is one, or else the first comma or semicolon.</param>
    /// <returns>The number of each line that is not empty, from 1, and its trimmed values.</returns>
    public static IEnumerable<(int Line, string[] Values)> Read(string text)
    {
        var lines = text.ReplaceLineEndings("\n").TrimStart('\uFEFF').Split('\n');
        var separator = lines[0].Contains('\t', StringComparison.Ordinal) ? '\t' : FirstOf(lines[0]);
        for (var line = 0; line < lines.Length; line++)
        {
            if (!string.IsNullOrWhiteSpace(lines[line]))
                yield return (line + 1, [.. Split(lines[line], separator).Select(value => value.Trim())]);
        }
    }

    private static IEnumerable<string> Split(string line, char separator) => separator == '\t' ? line.Split('\t') : Quoted(line, separator);

    private static char FirstOf(string line)
    {
        var isQuoted = false;
        foreach (var letter in line)
        {
            if (letter is ',' or ';' && !isQuoted)
                return letter;
            isQuoted ^= letter == '"';
        }

        return ',';
    }

    private static List<string> Quoted(string line, char separator)
    {
        var (values, value, isQuoted) = (new List<string>(), new StringBuilder(), false);
        for (var at = 0; at < line.Length; at++)
        {
            if (isQuoted && line[at] == '"' && at + 1 < line.Length && line[at + 1] == '"')
                value.Append(line[at++]);                       // a doubled quote is an escaped one
            else if (line[at] == '"')
                isQuoted = !isQuoted;
            else if (line[at] == separator && !isQuoted)
                End(values, value);
            else
                value.Append(line[at]);
        }

        End(values, value);
        return values;
    }

    private static void End(List<string> values, StringBuilder value)
    {
        values.Add(value.ToString());
        value.Clear();
    }
}
