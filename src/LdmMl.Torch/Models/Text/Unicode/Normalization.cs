using System.Text;

namespace LdmMl.Torch.Models.Text.Unicode;

/// <summary>
/// Unicode's canonical forms NFC and NFD (Unicode Standard Annex 15), with tables of its own: .NET has none in invariant globalization mode, as
/// in containers without ICU, and the tokens must be the same there.
/// </summary>
internal static class Normalization
{
    // Hangul syllables are composed by arithmetic (The Unicode Standard, section 3.12).
    private const int SyllableBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Trails = 28;

    private static readonly NormalizationTables Tables = NormalizationTables.Read();

    /// <summary>Composes letters and marks where Unicode has one character for both (NFC).</summary>
    public static string Compose(string text)
    {
        if (IsPlain(text))
            return text;
        var points = Decomposed(text);
        var kept = new List<int>(points.Count);
        var starter = -1;
        var last = 0;
        foreach (var point in points)
        {
            var rank = Tables.Class(point);
            var blocked = starter < kept.Count - 1 && (last == 0 || last >= rank);
            if (starter >= 0 && !blocked && Pair(kept[starter], point) is { } composed)
            {
                kept[starter] = composed;
                continue;
            }

            if (rank == 0)
                starter = kept.Count;
            last = rank;
            kept.Add(point);
        }

        return ToText(kept);
    }

    /// <summary>Decomposes characters into letters and marks, marks in canonical order (NFD).</summary>
    public static string Decompose(string text) => IsPlain(text) ? text : ToText(Decomposed(text));

    /// <summary>Replaces halfwidth and fullwidth characters by their usual forms, including the ideographic space.</summary>
    public static string UsualWidth(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var letter in text)
            result.Append(Tables.Widths.TryGetValue(letter, out var usual) ? usual : letter.ToString());
        return result.ToString();
    }

    // Composition alone changes no character before the combining marks, and neither form changes ASCII.
    private static bool IsPlain(string text) => Ascii.IsValid(text);

    private static List<int> Decomposed(string text)
    {
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            TakeApart(rune.Value, points);
        Order(points);
        return points;
    }

    private static void TakeApart(int point, List<int> points)
    {
        var syllable = point - SyllableBase;
        if (syllable is >= 0 and < Leads * Vowels * Trails)
        {
            points.Add(LeadBase + (syllable / (Vowels * Trails)));
            points.Add(VowelBase + (syllable % (Vowels * Trails) / Trails));
            if (syllable % Trails > 0)
                points.Add(TrailBase + (syllable % Trails));
        }
        else if (Tables.Decompositions.TryGetValue(point, out var parts))
        {
            foreach (var part in parts)
                TakeApart(part, points);
        }
        else
        {
            points.Add(point);
        }
    }

    // A stable sort of each run of marks by their class.
    private static void Order(List<int> points)
    {
        for (var index = 1; index < points.Count; index++)
        {
            var rank = Tables.Class(points[index]);
            for (var place = index; rank > 0 && place > 0 && Tables.Class(points[place - 1]) > rank; place--)
                (points[place - 1], points[place]) = (points[place], points[place - 1]);
        }
    }

    private static int? Pair(int first, int second)
    {
        var (lead, vowel) = (first - LeadBase, second - VowelBase);
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
            return SyllableBase + (((lead * Vowels) + vowel) * Trails);
        var (syllable, trail) = (first - SyllableBase, second - TrailBase);
        if (syllable is >= 0 and < Leads * Vowels * Trails && syllable % Trails == 0 && trail is > 0 and < Trails)
            return first + trail;
        return Tables.Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private static string ToText(List<int> points)
    {
        var text = new StringBuilder(points.Count);
        foreach (var point in points)
            text.Append(new Rune(point).ToString());
        return text.ToString();
    }
}
