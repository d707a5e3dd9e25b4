using LdmMl.Rows;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Text;
using LdmMl.Transforms.EncodeText;
using LdmMl.Transforms.Generate;
using Microsoft.ML;

#pragma warning disable CS1573   // overloads with options inherit the documentation of their other parameters

namespace LdmMl;

/// <summary>The transforms of a latent diffusion model: generate images, encode texts. Members of <c>mlContext.Transforms</c>; see <see cref="LdmMlCatalog"/>.</summary>
public static class GenerationTransforms
{
    /// <summary>Generates an image for each row (Rombach et al. 2022) from its seed and its label or prompt.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The image column to append; its type holds the size.</param>
    /// <param name="model">The model.</param>
    /// <param name="seedColumnName">
    /// The column of seeds, Int64 or Int32. The same seed gives the same image, alone, in any batch and in any order.
    /// </param>
    /// <param name="labelColumnName">The column of labels, text or key; null for unconditional images.</param>
    /// <param name="steps">The number of sampling steps; null means the model's usual number.</param>
    /// <param name="guidanceScale">
    /// How far images are pushed towards their labels (classifier-free guidance, Ho and Salimans 2022); 1 means no guidance and half the work.
    /// </param>
    /// <param name="promptColumnName">The column of prompts, for a model with a text encoder; null, the default, for none.</param>
    /// <param name="negativePromptColumnName">The column of texts that guidance steers away from; null, the default, for none.</param>
    /// <param name="gpuDeviceId">The GPU to compute on; null means the MLContext's.</param>
    /// <param name="fallbackToCpu">Whether to fall back to the CPU if the GPU cannot be used.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or the model does not fit the columns.</exception>
    /// <remarks>
    /// A label that the model does not know is an error that names the row. A missing one (an empty text) makes an unconditional image if the
    /// model was trained for that.
    /// An image is the same to the last bit for every batch size, order and pass. Where an initial image, its mask, or tokens are missing, it is
    /// null and its latent NaN.
    /// </remarks>
    /// <example>
    /// <code>
    /// var rows = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(seed => new { Seed = seed, Label = "Flags" }));
    /// using var generate = mlContext.Transforms.GenerateImages("Image", model, labelColumnName: "Label", guidanceScale: 2).Fit(rows);
    /// var generated = generate.Transform(rows).GetColumn&lt;MLImage&gt;("Image").ToList();
    /// </code>
    /// </example>
    public static IEstimator<RowTransformer> GenerateImages(
        this TransformsCatalog catalog, string outputColumnName, LatentDiffusionModel model, string seedColumnName = "Seed",
        string? labelColumnName = null, int? steps = null, double guidanceScale = 1.0, string? promptColumnName = null,
        string? negativePromptColumnName = null, int? gpuDeviceId = null, bool fallbackToCpu = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        return catalog.GenerateImages(model, new GenerateImagesOptions
        {
            OutputColumnName = outputColumnName,
            SeedColumnName = seedColumnName,
            LabelColumnName = labelColumnName,
            PromptColumnName = promptColumnName,
            NegativePromptColumnName = negativePromptColumnName,
            Settings = new GenerationSettings
            {
                Sampling = steps is { } count ? model.Config.Sampling with { Steps = count } : null,
                GuidanceScale = guidanceScale,
            },
            GpuDeviceId = gpuDeviceId,
            FallbackToCpu = fallbackToCpu,
        });
    }

    /// <param name="options">Columns, sampler, guidance, size, batch size, device.</param>
    /// <inheritdoc cref="GenerateImages(TransformsCatalog, string, LatentDiffusionModel, string, string?, int?, double, string?, string?, int?,
    /// bool)"/>
    public static IEstimator<RowTransformer> GenerateImages(
        this TransformsCatalog catalog, LatentDiffusionModel model, GenerateImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(model);
        return RowEstimator.Create(
            catalog, GenerateImagesTransformer.ColumnsOf(model, options), environment => GenerateImagesTransformer.Fit(environment, model, options));
    }

    /// <summary>Encodes texts to the tokens that a diffusion model attends to; any trainer can use them as features.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The column to append: Vector&lt;Single, tokens, width&gt;.</param>
    /// <param name="encoder">The text encoder with its tokenizer.</param>
    /// <param name="inputColumnName">The text column to read; null means <paramref name="outputColumnName"/>.</param>
    /// <param name="gpuDeviceId">The GPU to compute on; null means the MLContext's.</param>
    /// <param name="fallbackToCpu">Whether to fall back to the CPU if the GPU cannot be used.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an option out of range.</exception>
    /// <remarks>
    /// Equal texts of a batch are encoded once, and a text gives the same bits in any batch. A missing text counts as empty. A text longer than the
    /// encoder's context is truncated: <see cref="TextEncoderModel.CountTokens"/> says where.
    /// </remarks>
    /// <example>
    /// Texts encoded once, for several images:
    /// <code>
    /// using TextEncoderModel encoder = TextEncoderModel.Load("stable-diffusion-v1-5");
    /// var pipeline = mlContext.Transforms.EncodeText("Tokens", encoder, "Prompt")
    ///     .Append(mlContext.Transforms.GenerateImages(model, new GenerateImagesOptions { OutputColumnName = "Image", ContextColumnName = "Tokens"
    /// }));
    /// </code>
    /// </example>
    public static IEstimator<RowTransformer> EncodeText(
        this TransformsCatalog catalog, string outputColumnName, TextEncoderModel encoder, string? inputColumnName = null, int? gpuDeviceId = null,
        bool fallbackToCpu = false) =>
        catalog.EncodeText(encoder, new EncodeTextOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu,
        });

    /// <param name="options">Columns, batch size, device.</param>
    /// <inheritdoc cref="EncodeText(TransformsCatalog, string, TextEncoderModel, string?, int?, bool)"/>
    public static IEstimator<RowTransformer> EncodeText(this TransformsCatalog catalog, TextEncoderModel encoder, EncodeTextOptions options)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(encoder);
        return RowEstimator.Create(
            catalog, EncodeTextTransformer.ColumnsOf(encoder, options), environment => new EncodeTextTransformer(environment, encoder, options));
    }

    /// <param name="model">A model that includes a text encoder.</param>
    /// <inheritdoc cref="EncodeText(TransformsCatalog, string, TextEncoderModel, string?, int?, bool)"/>
    public static IEstimator<RowTransformer> EncodeText(
        this TransformsCatalog catalog, string outputColumnName, LatentDiffusionModel model, string? inputColumnName = null, int? gpuDeviceId = null,
        bool fallbackToCpu = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        var encoder = model.TextEncoder as TextEncoderModel;
        Check.That(
            encoder is not null, model.TextEncoder?.GetType().Name,
            "the model has no text encoder that a model file could hold; open the whole folder, or pass a TextEncoderModel",
            nameof(model.TextEncoder));
        return catalog.EncodeText(outputColumnName, encoder!, inputColumnName, gpuDeviceId, fallbackToCpu);
    }
}
