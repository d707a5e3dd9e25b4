using Microsoft.ML.Data;

namespace LdmMl;

/// <summary>Reads image files of formats that the library does not decode itself. <see cref="ImageFile.Register"/> adds one.</summary>
/// <remarks>Called from several threads at once.</remarks>
public interface IImageFileReader
{
    /// <summary>Gets the names of the formats as people write them, such as <c>TIFF</c>; errors list them.</summary>
    IReadOnlyList<string> FormatNames { get; }

    /// <summary>Gets the usual extensions, in lowercase with the dot, such as <c>.tif</c>; programs that list folders use them.</summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>Determines from its content whether a file is in one of the formats.</summary>
    /// <param name="content">The whole file.</param>
    /// <returns>Whether <see cref="Read"/> is responsible for it, even if it is damaged.</returns>
    bool CanRead(ReadOnlySpan<byte> content);

    /// <summary>Decodes a file.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">Its name in error messages.</param>
    /// <param name="maximumPixels">The most pixels it may have, width times height; to be checked before any pixel is decoded.</param>
    /// <returns>An upright RGBA image whose colours are not premultiplied by alpha. The caller disposes it.</returns>
    /// <exception cref="ImageFileException">The file is damaged, not supported or too large; no other exception may leave this method.</exception>
    MLImage Read(ReadOnlySpan<byte> content, string name, long maximumPixels);
}
