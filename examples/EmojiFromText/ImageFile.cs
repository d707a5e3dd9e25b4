namespace EmojiFromText;

internal sealed class ImageFile
{
    public string Path { get; set; } = "";
}
