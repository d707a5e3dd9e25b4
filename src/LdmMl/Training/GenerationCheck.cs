using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;
using LdmMl.Transforms.Generate;
using Microsoft.ML;

namespace LdmMl.Training;

/// <summary>
/// Checks before training that the trained transformer will be able to generate, so that hours of work are not lost to a wrong option.
/// </summary>
internal static class GenerationCheck
{
    /// <exception cref="ArgumentException">Something does not fit.</exception>
    public static void Run(
        AutoencoderModel autoencoder, DiffusionTrainingOptions training, LabeledImages images, LabeledImages? validation,
        GenerateImagesOptions generation, DataViewSchema schema)
    {
        var config = DiffusionTrainingInputs.Check(autoencoder.Config, training, images, validation);
        using var untrained = training.Lora is null
            ? LatentDiffusionModel.Create(autoencoder, config, training.TextFor(images), seed: 0) : training.InitialModel!.Share();
        generation.Validate(untrained);

        // In a chain the trained transformer also meets the rows that it was trained on.
        GenerateImagesTransformer.ColumnsOf(untrained, generation).Describe(schema);
    }
}
