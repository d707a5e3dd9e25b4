using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace LdmMl.Cli.Reports;

/// <summary>What the compiler turns <c>Html.Of($"...")</c> into: the literal is markup, every value is encoded unless it is markup itself.</summary>
[InterpolatedStringHandler]
internal readonly struct HtmlTemplate(int literalLength, int formattedCount)
{
    private readonly StringBuilder text = new(literalLength + formattedCount * 16);

    public void AppendLiteral(string markup) => text.Append(markup);

    public void AppendFormatted(Html markup) => text.Append(markup.Text);

    public void AppendFormatted(IEnumerable<Html> markup)
    {
        foreach (var part in markup)
            text.Append(part.Text);
    }

    public void AppendFormatted(string? value) => text.Append(Encode(value ?? ""));

    public void AppendFormatted(int value) => text.Append(value.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(double value, string format = "0.##") => text.Append(value.ToString(format, CultureInfo.InvariantCulture));

    public override string ToString() => text.ToString();

    // Control characters, which file names may hold, are no characters of HTML.
    private static string Encode(string value) =>
        WebUtility.HtmlEncode(string.Concat(value.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter)));
}
