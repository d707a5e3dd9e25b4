using LdmMl.Images;
using LdmMl.Rows;
using Microsoft.ML.Data;

namespace LdmMl;

/// <summary>What a program does with the images of a pipeline.</summary>
public static class MLImageExtensions
{
    /// <summary>Copies an image: pixels, transparency and tag. A pipeline takes its own images back with the next row; a copy stays.</summary>
    /// <param name="image">The image; it stays whose it is.</param>
    /// <returns>The copy. The caller disposes it.</returns>
    public static MLImage Copy(this MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return MLImageCopy.Of(image)!;
    }
}
