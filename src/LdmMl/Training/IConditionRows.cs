using LdmMl.Torch.Training;
using Microsoft.ML;

namespace LdmMl.Training;

/// <summary>Collects what training rows are conditioned on: labels or captions.</summary>
internal interface IConditionRows
{
    /// <summary>Finds the column.</summary>
    /// <exception cref="ArgumentException">It is not there, or holds something else.</exception>
    DataViewSchema.Column Find(DataViewSchema schema);

    /// <summary>Begins to read rows.</summary>
    void Open(DataViewRow row);

    /// <summary>Adds what the present row has.</summary>
    /// <param name="row">The number of the row, for messages.</param>
    /// <param name="isValidation">Whether the row is kept for validation.</param>
    /// <exception cref="ArgumentException">It has nothing.</exception>
    void Add(long row, bool isValidation);

    /// <summary>Joins the training images with what was collected.</summary>
    LabeledImages Training(ImageSet images);

    /// <summary>Joins the images kept for validation with what was collected.</summary>
    /// <param name="images">The images.</param>
    /// <param name="learned">The images that are learned.</param>
    LabeledImages Validation(ImageSet images, LabeledImages learned);

    /// <summary>Joins images that were all read for validation with what was collected.</summary>
    /// <inheritdoc cref="Validation"/>
    LabeledImages AllForValidation(ImageSet images, LabeledImages learned);
}
