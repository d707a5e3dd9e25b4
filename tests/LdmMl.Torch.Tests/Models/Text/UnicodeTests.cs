using LdmMl.Torch.Models.Text.Unicode;

namespace LdmMl.Torch.Tests.Models.Text;

/// <summary>Expected values are Python's (unicodedata 14, html, ftfy 6.1.1).</summary>
public class UnicodeTests
{
    [Theory]
    [InlineData("cafe\u0301", "caf\u00E9")]
    [InlineData("A\u030A\u0323", "\u1EA0\u030A")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01")]
    [InlineData("\uAC00\u11A8", "\uAC01")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\u212B", "\u00C5")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u0301e", "\u0301e")]
    [InlineData("e\u200D\u0301", "e\u200D\u0301")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    public void Composition_is_NFC(string text, string expected) => Assert.Equal(expected, Normalization.Compose(text));

    [Theory]
    [InlineData("\u1E9B\u0323", "\u017F\u0323\u0307")]
    [InlineData("\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("plain", "plain")]
    public void Decomposition_is_NFD(string text, string expected) => Assert.Equal(expected, Normalization.Decompose(text));

    [Theory]
    [InlineData("\u039F\u0394\u039F\u03A3", "\u03BF\u03B4\u03BF\u03C2")]
    [InlineData("\u03A3\u039F\u03A3 \u03A3", "\u03C3\u03BF\u03C2 \u03C3")]
    [InlineData("\u0130", "i\u0307")]
    public void Lower_case_equals_Pythons(string text, string expected) => Assert.Equal(expected, LetterCase.Lower(text));

    [Theory]
    [InlineData("&amp;lt;", "&lt;")]
    [InlineData("&ampx &notit; &copy", "&x \u00ACit; \u00A9")]
    [InlineData("&#x1F600;&#128;&#0;&#xD800;&#1;&#65", "\U0001F600\u20AC\uFFFD\uFFFDA")]
    [InlineData("a & b &; &unknown;", "a & b &; &unknown;")]
    public void HTML_references_are_resolved_as_HTML_defines(string text, string expected) => Assert.Equal(expected, HtmlEntities.Unescape(text));

    [Theory]
    [InlineData("P&EACUTE;REZ", "P\u00C9REZ")]
    [InlineData("BUNDESSTRA&SZLIG;E", "BUNDESSTRASSE")]
    [InlineData("&nTILDE; &amp &AMP;", "&nTILDE; &amp &")]
    [InlineData("a <b> &amp; c", "a <b> &amp; c")]
    [InlineData("caf\u00C3\u00A9 \u00E2\u20AC\u0153so\u00E2\u20AC\u009D", "caf\u00E9 \"so\"")]
    [InlineData("\u00C3\u0192\u00C2\u00A9t\u00C3\u0192\u00C2\u00A9", "\u00E9t\u00E9")]
    [InlineData("na\u00EFve \u00BD", "na\u00EFve \u00BD")]
    [InlineData("\uFF36\uFF29\uFF30\u3000\uFB03x", "VIP ffix")]
    [InlineData("a\u0001\u001B[31mb\uFEFF", "ab")]
    public void Repair_equals_ftfys(string text, string expected) => Assert.Equal(expected, TextRepair.Mend(text));
}
