namespace QuickStart;

internal sealed class ImageRow
{
    public string Path { get; set; } = "";
}
