namespace LdmMl.Torch.Checkpoints.Published;

/// <summary>
/// A file of weights that its authors publish: where it is, and how the right one is recognised. Listed by <see cref="PublishedFiles"/>.
/// </summary>
internal sealed class PublishedFile
{
    internal PublishedFile()
    {
    }

    /// <summary>Gets the short name, such as <c>vgg16</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the name that the file has in the cache.</summary>
    public required string FileName { get; init; }

    /// <summary>Gets what the file is needed for.</summary>
    public required string Purpose { get; init; }

    /// <summary>Gets the authors' address of the file.</summary>
    public required Uri Address { get; init; }

    /// <summary>Gets the length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Gets the SHA-256 of the content, 64 lower-case hexadecimal digits; torchvision's file names hold the first eight.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Gets under which terms the file is published.</summary>
    public required string Terms { get; init; }

    /// <summary>Gets the names under which the same file lies elsewhere, as in the package of its authors.</summary>
    internal IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({FileName})";
}
