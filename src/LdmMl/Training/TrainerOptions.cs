using LdmMl.Torch.Arguments;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using Microsoft.ML;

namespace LdmMl;

/// <summary>The options that the trainers of autoencoders and of diffusion models share.</summary>
public abstract record TrainerOptions
{
    private protected TrainerOptions()
    {
    }

    /// <summary>Gets the name of the image column to learn from. Its images must all have one size.</summary>
    /// <value>Default: <c>Image</c>.</value>
    public string ImageColumnName { get; init; } = "Image";

    /// <summary>Gets the seed of the first weights and of the training.</summary>
    /// <value>Default: null, the MLContext's seed, or that of the training options if it has none.</value>
    public long? Seed { get; init; }

    /// <summary>Gets the share of the rows, taken evenly, that is kept for validation, in [0, 1). Unused with <see cref="ValidationData"/>.</summary>
    /// <value>Default: 0, no validation.</value>
    public double ValidationFraction { get; init; }

    /// <summary>Gets rows to validate on, with the same columns.</summary>
    /// <value>Default: null.</value>
    public IDataView? ValidationData { get; init; }

    /// <summary>Gets the colour behind transparent pixels.</summary>
    /// <value>Default: white.</value>
    public PixelColor Background { get; init; } = PixelColor.White;

    /// <summary>
    /// Gets the largest number of bytes of pixels in memory, at least 0. A cursor can only go forward, and a training reads rows in the order of its
    /// seed, so the column is read once: into memory, or, when there are more, into a temporary file in <see cref="SpoolFolder"/>, from which images
    /// are read while it trains. The training is the same to the last bit.
    /// </summary>
    /// <value>Default: 4 GiB, which is 350,000 images of 64x64.</value>
    public long MaximumImageBytes { get; init; } = 4L << 30;

    /// <summary>Gets the folder for the temporary file of images; it needs as many bytes as there are in all images.</summary>
    /// <value>Default: null, the system's folder for temporary files.</value>
    public string? SpoolFolder { get; init; }

    /// <summary>
    /// Gets the receiver of every step of the training, on the training thread; <see cref="Progress{T}"/> passes them on to another thread.
    /// </summary>
    /// <value>Default: null. <c>mlContext.Log</c> has a line for each epoch, and a warning for each verdict, in any case.</value>
    public IProgress<TrainingStep>? Progress { get; init; }

    /// <summary>
    /// Gets the token that ends <c>Fit</c>. Between two steps it keeps the finished ones: <c>Fit</c> returns the transformer, whose <c>Outcome</c> is
    /// <see cref="TrainingOutcome.Cancelled"/>. Before the first step <c>Fit</c> throws an <see cref="OperationCanceledException"/>, because nothing
    /// has been
    /// learned. So a chain of two trainers with one token throws; with a state folder the finished steps of both are kept.
    /// </summary>
    /// <value>Default: none.</value>
    public CancellationToken CancellationToken { get; init; }

    private protected void ValidateShared()
    {
        Check.That(!string.IsNullOrEmpty(ImageColumnName), ImageColumnName, "it must not be empty");
        Check.That(ValidationFraction is >= 0 and < 1, ValidationFraction, "it must be at least 0 and below 1");
        Check.AtLeast(MaximumImageBytes, 0);
        Check.That(SpoolFolder is not "", SpoolFolder, $"it must name a folder, or be {Wording.Nothing} for the system's");
    }
}
