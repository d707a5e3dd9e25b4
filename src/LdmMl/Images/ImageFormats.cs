using System.Collections.Immutable;
using LdmMl.Images;

namespace LdmMl;

/// <summary>The formats of image files that <see cref="ImageFile"/> and <c>LoadImageFiles</c> read.</summary>
public static class ImageFormats
{
    private static readonly string[] OwnNames = ["JPEG", "PNG", "WebP", "GIF", "BMP"];

    private static readonly string[] OwnExtensions = [".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".gif"];

    private static ImmutableArray<IImageFileReader> readers = [];

    /// <summary>Gets the usual extensions of the formats, in lowercase with the dot. Files are recognised by content, not by name.</summary>
    public static IReadOnlyList<string> Extensions => [.. OwnExtensions, .. readers.SelectMany(reader => reader.Extensions)];

    internal static string Listed
    {
        get
        {
            string[] names = [.. OwnNames, .. readers.SelectMany(reader => reader.FormatNames)];
            return $"{string.Join(", ", names[..^1])} and {names[^1]}";
        }
    }

    /// <summary>
    /// Adds a reader for the whole process, once at its start; the package LdmMl.ImageSharp has one for TIFF, TGA and PPM. It is only used for
    /// files that the library does not decode itself.
    /// </summary>
    /// <param name="reader">The reader. A second one of the same type is ignored.</param>
    public static void Register(IImageFileReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ImmutableInterlocked.Update(ref readers, known => known.Any(other => other.GetType() == reader.GetType()) ? known : known.Add(reader));
    }

    internal static IImageFileReader? ReaderOf(ReadOnlySpan<byte> content)
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
