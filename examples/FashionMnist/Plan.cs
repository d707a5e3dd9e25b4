namespace FashionMnist;

/// <summary>How long each part is trained, and how many images are judged.</summary>
/// <param name="FirstStageSteps">The steps of the autoencoder.</param>
/// <param name="DiffusionSteps">The steps of the U-Net.</param>
/// <param name="ClassifierEpochs">How many times the classifier sees each training image.</param>
/// <param name="JudgedImages">The images whose Fréchet distance is measured; the first tenth of them is classified.</param>
internal sealed record Plan(int FirstStageSteps, int DiffusionSteps, int ClassifierEpochs, int JudgedImages)
{
    /// <summary>The guidance scale of the generated images.</summary>
    public const double Guidance = 1.5;

    /// <summary>Gets the plan of the figures in the README.</summary>
    public static Plan Full { get; } = new(FirstStageSteps: 1500, DiffusionSteps: 3000, ClassifierEpochs: 4, JudgedImages: 10_000);
}
