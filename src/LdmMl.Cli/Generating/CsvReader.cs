using System.Text;

namespace LdmMl.Cli.Generating;

/// <summary>
/// Splits comma-separated values into rows and cells (RFC 4180): a cell that begins with a quote ends at the next single one, and holds commas, line
/// breaks and doubled quotes until then. A quote elsewhere is an ordinary character.
/// </summary>
/// <param name="text">The file's content.</param>
/// <param name="wrong">Creates the exception for a line with a fault.</param>
internal sealed class CsvReader(string text, Func<int, string, Exception> wrong)
{
    private int place;
    private int line = 1;

    /// <summary>Reads the rows, each with the number of its first line.</summary>
    public IEnumerable<(IReadOnlyList<string> Cells, int Line)> Rows()
    {
        while (place < text.Length)
        {
            var (first, cells) = (line, new List<string> { Cell() });
            while (Takes(','))
                cells.Add(Cell());
            EndRow();
            yield return (cells, first);
        }
    }

    private string Cell()
    {
        if (Takes('"'))
            return Quoted();
        var start = place;
        while (place < text.Length && text[place] is not (',' or '\r' or '\n'))
            place++;
        return text[start..place];
    }

    private string Quoted()
    {
        var (first, cell) = (line, new StringBuilder());
        while (true)
        {
            if (place == text.Length)
                throw wrong(first, "a quote begins a cell there, and none ends it");
            if (!Takes('"'))
            {
                line += text[place] == '\n' ? 1 : 0;
                cell.Append(text[place++]);
            }
            else if (Takes('"'))
            {
                cell.Append('"');
            }
            else
            {
                return place == text.Length || text[place] is ',' or '\r' or '\n'
                    ? cell.ToString() : throw wrong(line, $"after the quote that ends a cell comes '{text[place]}'; double quotes inside a quoted cell");
            }
        }
    }

    private void EndRow()
    {
        Takes('\r');
        if (Takes('\n'))
            line++;
    }

    private bool Takes(char wanted)
    {
        if (place == text.Length || text[place] != wanted)
            return false;
        place++;
        return true;
    }
}
