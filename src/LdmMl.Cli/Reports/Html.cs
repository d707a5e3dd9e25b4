namespace LdmMl.Cli.Reports;

/// <summary>Text that is markup already. Everything else that comes into a page is encoded on the way, because only this type is not.</summary>
/// <param name="Text">The markup.</param>
internal readonly record struct Html(string Text)
{
    public static Html Empty { get; } = new("");

    /// <summary>Creates markup from a literal; the values in its braces are encoded.</summary>
    public static Html Of(HtmlTemplate template) => new(template.ToString());

    public override string ToString() => Text;
}
