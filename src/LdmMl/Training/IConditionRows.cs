using LdmMl.Torch.Training;
using Microsoft.ML;

namespace LdmMl.Training;

/// <summary>Collects the conditions of training rows: labels or captions.</summary>
internal interface IConditionRows
{
    /// <summary>Finds the column.</summary>
    /// <exception cref="ArgumentException">It does not exist, or holds something else.</exception>
    DataViewSchema.Column Find(DataViewSchema schema);

    /// <summary>Begins to read rows.</summary>
    void Open(DataViewRow row);

    /// <summary>Adds the condition of the current row.</summary>
    /// <param name="row">The number of the row, for messages.</param>
    /// <param name="isValidation">Whether the row is kept for validation.</param>
    /// <exception cref="ArgumentException">It has none.</exception>
    void Add(long row, bool isValidation);

    /// <summary>Joins the training images with their conditions.</summary>
    LabeledImages Training(IImageSet images);

    /// <summary>Joins the images kept for validation with their conditions.</summary>
    /// <param name="images">The images.</param>
    /// <param name="learned">The training images.</param>
    LabeledImages Validation(IImageSet images, LabeledImages learned);

    /// <summary>Joins images that were all read for validation with their conditions.</summary>
    /// <inheritdoc cref="Validation"/>
    LabeledImages AllForValidation(IImageSet images, LabeledImages learned);
}
