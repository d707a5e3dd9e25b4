using LdmMl.Torch.Training;
using LdmMl.Torch.Training.Streaming;
using Microsoft.ML;

namespace LdmMl.Training;

/// <summary>Reads the images, with labels or captions, that a diffusion model is trained on, and those that it is validated on.</summary>
/// <param name="options">The columns, and where images are kept.</param>
/// <param name="channels">The channels that the first stage takes.</param>
/// <param name="notes">Hears where the images are.</param>
internal sealed class DiffusionTrainingRows(DiffusionEstimatorOptions options, int channels, IProgress<string> notes) : IDisposable
{
    private readonly List<SpooledImageSet> sets = [];


    /// <exception cref="ArgumentException">A column, an image, a label or a caption is missing, or an image has another size than the first.</exception>
    public (LabeledImages Images, LabeledImages? Validation) Read(IDataView data)
    {
        var conditions = Rows();
        var fraction = options.ValidationData is null ? options.ValidationFraction : 0;
        (var images, var held) = TrainingImages.Read(data, options, channels, fraction, notes, conditions);
        sets.AddRange([images, held]);
        var learned = conditions?.Training(images) ?? new LabeledImages(images);
        if (options.ValidationData is { } more)
            return (learned, ReadAll(more, learned));
        return (learned, held.Count == 0 ? null : conditions?.Validation(held, learned) ?? new LabeledImages(held));
    }

    public void Dispose() => sets.ForEach(set => set.Dispose());

    private LabeledImages ReadAll(IDataView data, LabeledImages learned)
    {
        var conditions = Rows();
        var images = TrainingImages.Read(data, options, channels, fraction: 0, notes, conditions).Images;
        sets.Add(images);
        return conditions?.AllForValidation(images, learned) ?? new LabeledImages(images);
    }

    private IConditionRows? Rows() => (options.LabelColumnName, options.CaptionColumnName) switch
    {
        ({ } labels, _) => new LabelRows(labels),
        (_, { } captions) => new CaptionRows(captions),
        _ => null,
    };
}
