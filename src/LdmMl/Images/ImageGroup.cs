using Microsoft.ML.Data;

namespace LdmMl;

/// <summary>Images that belong together on an <see cref="ImageGrid"/>, such as those of one label.</summary>
/// <param name="caption">What is written before them; null or empty for nothing.</param>
/// <param name="images">The images, which stay the caller's.</param>
public sealed class ImageGroup(string? caption, IReadOnlyList<MLImage> images)
{
    /// <summary>Gets what is written before the images; null or empty for nothing.</summary>
    public string? Caption { get; } = caption;

    /// <summary>Gets the images.</summary>
    public IReadOnlyList<MLImage> Images { get; } = images ?? throw new ArgumentNullException(nameof(images));
}
