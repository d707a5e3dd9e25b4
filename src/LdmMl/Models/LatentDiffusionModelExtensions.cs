using System.Globalization;
using LdmMl.Images;
using LdmMl.Models;
using LdmMl.Torch.Generation;
using Microsoft.ML.Data;

namespace LdmMl;

/// <summary>Generates images with a latent diffusion model in one call, without a pipeline.</summary>
/// <remarks>
/// A seed gives the same image as in a column of <c>GenerateImages</c>, whatever else is generated with it. For many rows, further
/// columns, or a model in a <c>model.zip</c>, use the pipeline; for prompts, initial images and masks as tensors, use
/// <see cref="LatentDiffusionModel.Generate"/> with a <see cref="GenerationBatch"/>.
/// </remarks>
/// <example>
/// <code>
/// using var flag = model.Generate("Flags", seed: 1);
/// flag.SavePng("flag.png");
/// var more = model.Generate("Flags", seeds: [1, 2, 3], new GenerationSettings { GuidanceScale = 2 });
/// ImageGrid.Save("flags.png", more, columns: 3);
/// </code>
/// </example>
public static class LatentDiffusionModelExtensions
{
    private const int BatchSize = 16;
    private const double PromptGuidance = 7.5;   // diffusers' default

    /// <summary>Generates an image of a label.</summary>
    /// <param name="model">The model.</param>
    /// <param name="label">
    /// The name of a label (<see cref="LabelConditioning.Names"/>), or its number if the model does not know the names; null for no label.
    /// </param>
    /// <param name="seed">The seed; the same seed gives the same image.</param>
    /// <param name="settings">Sampler, guidance, size; null for the model's defaults.</param>
    /// <param name="cancellationToken">Stops before the next step.</param>
    /// <returns>The image, opaque. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The model does not know the label, takes none or needs one, or a setting does not fit it.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public static MLImage Generate(
        this LatentDiffusionModel model, string? label, long seed, GenerationSettings? settings = null, CancellationToken cancellationToken = default) =>
        Generate(model, label, [seed], settings, cancellationToken)[0];

    /// <summary>Generates an image without a label.</summary>
    /// <inheritdoc cref="Generate(LatentDiffusionModel, string?, long, GenerationSettings?, CancellationToken)"/>
    public static MLImage Generate(
        this LatentDiffusionModel model, long seed, GenerationSettings? settings = null, CancellationToken cancellationToken = default) =>
        Generate(model, label: null, [seed], settings, cancellationToken)[0];

    /// <summary>Generates an image of a prompt, with a model that has a text encoder.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">The seed; the same seed and prompt give the same image.</param>
    /// <param name="prompt">What the image shows.</param>
    /// <param name="negativePrompt">What it should not show; null for nothing in particular.</param>
    /// <param name="settings">
    /// Sampler, guidance, size; null for the model's defaults with a guidance scale of 7.5, which is usual with prompts.
    /// </param>
    /// <param name="cancellationToken">Stops before the next step.</param>
    /// <returns>The image, opaque. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The model takes no texts or has no text encoder, or a setting does not fit it.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public static MLImage Generate(
        this LatentDiffusionModel model, long seed, string prompt, string? negativePrompt = null, GenerationSettings? settings = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompt);
        settings ??= new GenerationSettings { GuidanceScale = PromptGuidance };
        var batch = new GenerationBatch { Seeds = [seed], Prompts = [prompt], NegativePrompts = negativePrompt is null ? null : [negativePrompt] };
        using var tensor = ForwardLock.Run(model.Device, () => model.Generate(batch, settings, cancellationToken: cancellationToken));
        return ImageTensors.ToImages(tensor, model.Autoencoder.Config.PixelRange)[0];
    }

    /// <summary>Generates one image of a label for each seed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="label">
    /// The name of a label (<see cref="LabelConditioning.Names"/>), or its number if the model does not know the names; null for no label.
    /// </param>
    /// <param name="seeds">The seeds; each gives the same image as it does alone.</param>
    /// <param name="settings">Sampler, guidance, size; null for the model's defaults.</param>
    /// <param name="cancellationToken">Stops before the next step.</param>
    /// <returns>The images, opaque, in the order of the seeds. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The model does not know the label, takes none or needs one, or a setting does not fit it.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    public static IReadOnlyList<MLImage> Generate(
        this LatentDiffusionModel model, string? label, IReadOnlyList<long> seeds, GenerationSettings? settings = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(seeds);
        int? number = label is null ? null : NumberOf(label, model.Config.Conditioning);
        var images = new List<MLImage>(seeds.Count);
        try
        {
            foreach (var chunk in seeds.Chunk(BatchSize))
            {
                var batch = new GenerationBatch { Seeds = chunk, Labels = number is { } known ? Enumerable.Repeat(known, chunk.Length).ToArray() : null };
                using var tensor = ForwardLock.Run(model.Device, () => model.Generate(batch, settings, cancellationToken: cancellationToken));
                images.AddRange(ImageTensors.ToImages(tensor, model.Autoencoder.Config.PixelRange));
            }

            return images;
        }
        catch
        {
            images.ForEach(image => image.Dispose());
            throw;
        }
    }

    /// <summary>Generates one image without a label for each seed.</summary>
    /// <inheritdoc cref="Generate(LatentDiffusionModel, string?, IReadOnlyList{long}, GenerationSettings?, CancellationToken)"/>
    public static IReadOnlyList<MLImage> Generate(
        this LatentDiffusionModel model, IReadOnlyList<long> seeds, GenerationSettings? settings = null, CancellationToken cancellationToken = default) =>
        Generate(model, label: null, seeds, settings, cancellationToken);

    // A model that takes no labels refuses any number itself.
    private static int NumberOf(string label, Conditioning? conditioning) => conditioning switch
    {
        LabelConditioning { Names.Count: 0 } when int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        LabelConditioning labels => labels.IndexOf(label),
        _ => 0,
    };
}
