namespace EmojiGeneration;

internal sealed class ImageFile
{
    public string Path { get; set; } = "";
}
