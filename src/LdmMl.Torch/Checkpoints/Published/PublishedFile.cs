namespace LdmMl.Torch.Checkpoints.Published;

/// <summary>
/// A weights file published by its authors: its address, and how to verify it. Listed by <see cref="PublishedFiles"/>.
/// </summary>
internal sealed class PublishedFile
{
    internal PublishedFile()
    {
    }

    /// <summary>Gets the short name, such as <c>vgg16</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the file's name in the cache.</summary>
    public required string FileName { get; init; }

    /// <summary>Gets what the file is needed for.</summary>
    public required string Purpose { get; init; }

    /// <summary>Gets the file's original address.</summary>
    public required Uri Address { get; init; }

    /// <summary>Gets the length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Gets the SHA-256 of the content, 64 lower-case hexadecimal digits; torchvision's file names hold the first eight.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Gets the terms under which the file is published.</summary>
    public required string Terms { get; init; }

    /// <summary>Gets other names of the same file, such as the one in its authors' package.</summary>
    internal IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({FileName})";
}
