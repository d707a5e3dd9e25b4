using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Tensors;

namespace LdmMl.Evaluation;

/// <summary>Which sizes of image a feature model takes.</summary>
internal static class FeatureSizes
{
    /// <exception cref="InvalidDataException">The image of a row is too small.</exception>
    public static void Require(FeatureModel model, ImageSize size, string columnName, long row)
    {
        if (Math.Min(size.Width, size.Height) < model.MinimumSize)
        {
            throw new InvalidDataException(
                $"Row {row}: the image in column '{columnName}' is {size}; {model.Name} needs at least {model.MinimumSize} pixels on each side. "
                + "Put ResizeImagesAntialiased before.");
        }
    }
}
