namespace LdmMl.Torch.Models.Text.Unicode;

/// <summary>The character tables of <see cref="Normalization"/>.</summary>
internal sealed class NormalizationTables
{
    private readonly Dictionary<int, int> classes = [];

    private NormalizationTables()
    {
    }

    /// <summary>Gets the one or two characters that a character decomposes into.</summary>
    public Dictionary<int, int[]> Decompositions { get; } = [];

    /// <summary>Gets the character that two others compose.</summary>
    public Dictionary<(int First, int Second), int> Compositions { get; } = [];

    /// <summary>Gets the usual form of halfwidth and fullwidth characters.</summary>
    public Dictionary<char, string> Widths { get; } = [];

    /// <summary>Returns the canonical combining class; 0 for characters that do not combine.</summary>
    public int Class(int point) => classes.GetValueOrDefault(point);

    public static NormalizationTables Read()
    {
        var tables = new NormalizationTables();
        foreach (var line in DataLines.Of("Normalization.txt"))
            tables.Add(line);
        return tables;
    }

    // "C0=41 300" is composed again by NFC, "340>300" is not; "@230 300-314 33D" gives a class; "FF21~41" a width.
    private void Add(string line)
    {
        if (line[0] == '@')
        {
            AddClass(line);
            return;
        }

        var sign = line.AsSpan().IndexOfAny('=', '>', '~');
        var point = DataLines.Point(line.AsSpan(0, sign));
        var text = DataLines.Text(line.AsSpan(sign + 1));
        if (line[sign] == '~')
        {
            Widths[(char)point] = text;
            return;
        }

        int[] parts = [.. text.EnumerateRunes().Select(rune => rune.Value)];
        Decompositions[point] = parts;
        if (line[sign] == '=')
            Compositions[(parts[0], parts[1])] = point;
    }

    private void AddClass(string line)
    {
        var words = line[1..].Split(' ');
        foreach (var range in words.Skip(1))
        {
            var ends = range.Split('-');
            for (var point = DataLines.Point(ends[0]); point <= DataLines.Point(ends[^1]); point++)
                classes[point] = int.Parse(words[0]);
        }
    }
}
