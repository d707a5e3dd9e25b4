namespace Cluster;

/// <summary>A row that names an image.</summary>
internal sealed class ImagePath
{
    public string Path { get; set; } = "";
}
