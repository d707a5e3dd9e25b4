namespace LdmMl.Files;

/// <summary>A line of a table of labels.</summary>
/// <param name="Name">The file name in the table, with '/' between folders.</param>
/// <param name="Label">Its label.</param>
internal sealed record LabelLine(string Name, string Label)
{
    /// <summary>Gets whether the line refers to a file; folders are compared as far as both names contain them.</summary>
    public bool Fits(string file) => EndsWith(file, Name) || EndsWith(Name, file);

    private static bool EndsWith(string name, string end) => name == end || name.EndsWith($"/{end}", StringComparison.Ordinal);
}
