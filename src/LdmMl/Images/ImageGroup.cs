using Microsoft.ML.Data;

namespace LdmMl;

/// <summary>Images that belong together on an <see cref="ImageGrid"/>, such as those of one label.</summary>
/// <param name="caption">The text to the left of the images; null or empty for none.</param>
/// <param name="images">The images, which remain the caller's.</param>
public sealed class ImageGroup(string? caption, IReadOnlyList<MLImage> images)
{
    /// <summary>Gets the text to the left of the images; null or empty for none.</summary>
    public string? Caption { get; } = caption;

    /// <summary>Gets the images.</summary>
    public IReadOnlyList<MLImage> Images { get; } = images ?? throw new ArgumentNullException(nameof(images));
}
