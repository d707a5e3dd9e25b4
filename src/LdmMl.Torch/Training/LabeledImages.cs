namespace LdmMl.Torch.Training;

/// <summary>Training images, with labels or captions if the model is to be conditioned on them.</summary>
/// <param name="Images">The images.</param>
/// <param name="Labels">The label of each image: its number among <paramref name="LabelNames"/>, from 0; null for no labels.</param>
/// <param name="LabelNames">The names of the labels, unique; null if only their numbers matter; the largest one then sets their count.</param>
public sealed record LabeledImages(IImageSet Images, IReadOnlyList<int>? Labels = null, IReadOnlyList<string>? LabelNames = null)
{
    /// <summary>
    /// Gets the captions of each image: one or several wordings, one of which is drawn each time the image is seen; a repeated wording is
    /// drawn more often.
    /// </summary>
    /// <value>Default: null, no captions. Only one of labels and captions can be given.</value>
    public IReadOnlyList<IReadOnlyList<string>>? Captions { get; init; }

    /// <summary>Gets the number of labels.</summary>
    internal int LabelCount => LabelNames?.Count ?? (Labels is null ? 0 : Labels.Max() + 1);

    /// <summary>Checks that labels and names fit each other and the images.</summary>
    /// <param name="name">The caller's name for these images.</param>
    /// <exception cref="ArgumentException">They do not match.</exception>
    internal void Validate(string name)
    {
        ArgumentNullException.ThrowIfNull(Images, name);
        if (Images.Count == 0)
            throw new ArgumentException("There are no images; add at least one.", name);
        if (Labels is null && LabelNames is not null)
            throw new ArgumentException($"There are {LabelNames.Count} label names, but no labels; give one label for each image.", name);
        if (Captions is not null)
            ValidateCaptions(name);
        if (Labels is null)
            return;
        if (Labels.Count != Images.Count)
            throw new ArgumentException($"There are {Labels.Count} labels for {Images.Count} images; give one label for each image.", name);
        if (LabelNames?.GroupBy(label => label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } repeated)
            throw new ArgumentException($"The label name '{repeated.Key}' occurs more than once; names must be unique.", name);
        for (var index = 0; index < Labels.Count; index++)
        {
            if (Labels[index] < 0 || Labels[index] >= LabelCount)
                throw new ArgumentException($"Image {index} has the label {Labels[index]}; labels go from 0 to {LabelCount - 1}.", name);
        }
    }

    private void ValidateCaptions(string name)
    {
        if (Labels is not null)
            throw new ArgumentException("There are labels and captions; give only one of them, or include the labels in the captions.", name);
        if (Captions!.Count != Images.Count)
            throw new ArgumentException($"There are captions for {Captions.Count} of {Images.Count} images; give at least one for each image.", name);
        for (var index = 0; index < Captions.Count; index++)
        {
            if (Captions[index] is not { Count: > 0 } wordings)
                throw new ArgumentException($"Image {index} has no caption; give at least one for each image.", name);
            if (wordings.Any(string.IsNullOrWhiteSpace))
            {
                throw new ArgumentException(
                    $"Image {index} has an empty caption; remove it. {nameof(DiffusionTrainingOptions.LabelDropout)} adds empty ones.", name);
            }
        }
    }
}
