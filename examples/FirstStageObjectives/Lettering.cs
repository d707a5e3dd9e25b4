namespace FirstStageObjectives;

/// <summary>Letters of 3x5 dots, because not every machine has fonts.</summary>
internal static class Lettering
{
    public const int Height = 5, Advance = 4;   // dots

    private static readonly Dictionary<char, string> Glyphs = new()
    {
        ['A'] = ".#.#.#####.##.#", ['B'] = "##.#.###.#.###.", ['C'] = ".###..#..#...##", ['D'] = "##.#.##.##.###.", ['E'] = "####..##.#..###",
        ['F'] = "####..##.#..#..", ['G'] = ".###..#.##.#.##", ['I'] = "###.#..#..#.###", ['L'] = "#..#..#..#..###", ['N'] = "##.#.##.##.##.#",
        ['O'] = ".#.#.##.##.#.#.", ['P'] = "##.#.###.#..#..", ['R'] = "##.#.###.#.##.#", ['S'] = ".###...#...###.", ['T'] = "###.#..#..#..#.",
        ['U'] = "#.##.##.##.####", ['V'] = "#.##.##.##.#.#.", ['+'] = "....#.###.#....", ['1'] = ".#.##..#..#.###",
    };

    /// <summary>Lists the dots of a line of capitals, digits and plus signs, relative to its top left corner.</summary>
    public static IEnumerable<(int X, int Y)> Dots(string line) =>
        from place in Enumerable.Range(0, line.Length)
        where Glyphs.ContainsKey(line[place])
        from dot in Enumerable.Range(0, 15)
        where Glyphs[line[place]][dot] == '#'
        select (place * Advance + dot % 3, dot / 3);
}
