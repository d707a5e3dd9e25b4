namespace LdmMl;

/// <summary>An image file cannot be read. The message names the file and the reason.</summary>
public sealed class ImageFileException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="ImageFileException"/> class.</summary>
    /// <param name="path">The file, or the name of the other source that was read.</param>
    /// <param name="reason">What is wrong with it, as the rest of a sentence that begins with the file.</param>
    /// <param name="innerException">The underlying exception, if any.</param>
    public ImageFileException(string path, string reason, Exception? innerException = null)
        : base($"The image '{path}' {reason}", innerException)
    {
        Path = path;
        Reason = reason;
    }

    /// <summary>Gets the file, or the name of the other source that was read.</summary>
    public string Path { get; }

    /// <summary>Gets what is wrong with it, as the rest of a sentence that begins with the file.</summary>
    public string Reason { get; }
}
