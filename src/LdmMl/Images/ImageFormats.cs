using System.Collections.Immutable;

namespace LdmMl.Images;

/// <summary>The formats of image files that <see cref="ImageFile"/> and <c>LoadImageFiles</c> read.</summary>
internal static class ImageFormats
{
    private static readonly string[] OwnNames = ["JPEG", "PNG", "WebP", "GIF", "BMP"];

    private static readonly string[] OwnExtensions = [".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".gif"];

    private static ImmutableArray<IImageFileReader> readers = [];

    public static IReadOnlyList<string> Extensions => [.. OwnExtensions, .. readers.SelectMany(reader => reader.Extensions)];

    public static string Listed
    {
        get
        {
            string[] names = [.. OwnNames, .. readers.SelectMany(reader => reader.FormatNames)];
            return $"{string.Join(", ", names[..^1])} and {names[^1]}";
        }
    }

    public static void Add(IImageFileReader reader) =>
        ImmutableInterlocked.Update(ref readers, known => known.Any(other => other.GetType() == reader.GetType()) ? known : known.Add(reader));

    public static IImageFileReader? ReaderOf(ReadOnlySpan<byte> content)
    {
        if (readers.IsEmpty || EncodedImage.IsKnown(content))
            return null;
        foreach (var reader in readers)
        {
            if (reader.CanRead(content))
                return reader;
        }

        return null;
    }
}
