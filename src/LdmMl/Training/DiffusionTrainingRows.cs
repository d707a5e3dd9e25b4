using LdmMl.Torch.Training;
using Microsoft.ML;

namespace LdmMl.Training;

/// <summary>Reads the images and labels that a diffusion model is trained on, and those that it is validated on.</summary>
internal sealed class DiffusionTrainingRows(DiffusionEstimatorOptions options, int channels)
{
    /// <exception cref="ArgumentException">A column, an image or a label is missing, or an image has another size than the first.</exception>
    public (LabeledImages Images, LabeledImages? Validation) Read(IDataView data)
    {
        var labels = Rows();
        var fraction = options.ValidationData is null ? options.ValidationFraction : 0;
        (var images, var held) = TrainingImages.Read(data, options, channels, fraction, labels);
        var learned = labels?.Training(images) ?? new LabeledImages(images);
        if (options.ValidationData is { } more)
            return (learned, ReadAll(more, learned));
        return (learned, held.Count == 0 ? null : labels?.Validation(held, learned.LabelNames) ?? new LabeledImages(held));
    }

    private LabeledImages ReadAll(IDataView data, LabeledImages learned)
    {
        var labels = Rows();
        var images = TrainingImages.Read(data, options, channels, fraction: 0, labels).Images;
        return labels?.AllForValidation(images, learned.LabelNames) ?? new LabeledImages(images);
    }

    private LabelRows? Rows() => options.LabelColumnName is { } name ? new LabelRows(name) : null;
}
