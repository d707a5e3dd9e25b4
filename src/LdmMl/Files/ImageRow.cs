namespace LdmMl.Files;

/// <summary>A row that names an image file, and its label if it has one.</summary>
internal sealed class ImageRow
{
    public string Path { get; set; } = "";

    /// <summary>Gets or sets the label; empty for none.</summary>
    public string Label { get; set; } = "";
}
