using LdmMl.Internals;
using LdmMl.Schemas;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Tensors;
using LdmMl.Transforms.Generate;
using LdmMl.Transforms.ScorePerceptual;
using Microsoft.ML;
using Microsoft.ML.Runtime;

#pragma warning disable CS1573   // overloads with options inherit the documentation of their other parameters

namespace LdmMl;

/// <summary>
/// Adds the transforms of LdmMl to <c>mlContext.Transforms</c>, and <c>mlContext.LatentDiffusion()</c> for training and evaluation.
/// </summary>
/// <remarks>
/// Every transform has a short form (the column to append, the model, then optional arguments) and one that takes the model and all options.
/// Estimators borrow their model: every transformer that is fitted opens a separate handle, and disposing the transformer releases it.
/// Images that a transform creates belong to the reader of the row. They can be kept as long as they are needed; disposing them frees their
/// memory at once, otherwise the garbage collector does.
/// </remarks>
public static class LdmMlCatalog
{
    /// <summary>Gets the catalog of trainers and evaluation.</summary>
    /// <param name="mlContext">The context.</param>
    /// <returns>The catalog.</returns>
    /// <example>
    /// <code>
    /// var trainer = mlContext.LatentDiffusion().Trainers.Autoencoder();
    /// using var trained = trainer.Fit(data);
    /// var metrics = mlContext.LatentDiffusion().EvaluateReconstruction(trained.Transform(data), "Image", "Reconstruction");
    /// </code>
    /// </example>
    public static LatentDiffusionCatalog LatentDiffusion(this MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        return new LatentDiffusionCatalog(mlContext);
    }

    /// <summary>
    /// Loads image files (JPEG, PNG, WebP, GIF, BMP) upright, as their EXIF orientation says, with straight alpha. An empty path gives a
    /// missing image.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">
    /// The image column to append. Its images may differ in size; use <c>ResizeImagesAntialiased</c> to resize them to one.
    /// </param>
    /// <param name="inputColumnName">The column of paths to read; null means <paramref name="outputColumnName"/>.</param>
    /// <param name="imageFolder">The folder that relative paths start from; null means the current one.</param>
    /// <param name="errors">What happens when a file cannot be read.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an option out of range.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.LoadImageFiles("Image", "Path", imageFolder: "photos")
    ///     .Append(mlContext.Transforms.ResizeImagesAntialiased("Image", 256, 256));
    /// </code>
    /// </example>
    public static RowEstimator<LoadImageFilesTransformer> LoadImageFiles(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null, string? imageFolder = null,
        ImageFileErrors errors = ImageFileErrors.Throw) =>
        catalog.LoadImageFiles(new LoadImageFilesOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, ImageFolder = imageFolder, Errors = errors,
        });

    /// <param name="options">Columns, folder, and what happens when a file cannot be read.</param>
    /// <inheritdoc cref="LoadImageFiles(TransformsCatalog, string, string?, string?, ImageFileErrors)"/>
    public static RowEstimator<LoadImageFilesTransformer> LoadImageFiles(this TransformsCatalog catalog, LoadImageFilesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Estimator(catalog, LoadImageFilesTransformer.ColumnsOf(options), environment => new LoadImageFilesTransformer(environment, options));
    }

    /// <summary>Resizes images to one size with antialiased filters that match Pillow's to the last bit.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The image column to append; its type holds the size.</param>
    /// <param name="imageWidth">The width in pixels, at least 1.</param>
    /// <param name="imageHeight">The height in pixels, at least 1.</param>
    /// <param name="inputColumnName">The image column to read; null means <paramref name="outputColumnName"/>.</param>
    /// <param name="fit">What happens when an image has a different aspect ratio.</param>
    /// <param name="filter">The resampling filter.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or a size below 1.</exception>
    /// <remarks>A missing image stays missing.</remarks>
    /// <example>
    /// <code>
    /// var resize = mlContext.Transforms.ResizeImagesAntialiased("Small", 64, 64, "Image", ImageFit.PadToFit);
    /// </code>
    /// </example>
    public static RowEstimator<ResizeImagesTransformer> ResizeImagesAntialiased(
        this TransformsCatalog catalog, string outputColumnName, int imageWidth, int imageHeight, string? inputColumnName = null,
        ImageFit fit = ImageFit.CropToFill, ResizeFilter filter = ResizeFilter.Bicubic) =>
        catalog.ResizeImagesAntialiased(new ResizeImagesOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, ImageWidth = imageWidth, ImageHeight = imageHeight, Fit = fit,
            Filter = filter,
        });

    /// <param name="options">Columns, size, fit, filter, background.</param>
    /// <inheritdoc cref="ResizeImagesAntialiased(TransformsCatalog, string, int, int, string?, ImageFit, ResizeFilter)"/>
    public static RowEstimator<ResizeImagesTransformer> ResizeImagesAntialiased(this TransformsCatalog catalog, ResizeImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Estimator(catalog, ResizeImagesTransformer.ColumnsOf(options), environment => new ResizeImagesTransformer(environment, options));
    }

    /// <summary>Encodes images to latents Vector&lt;Single, C, H, W&gt;, scaled to about unit variance: the means of their posteriors.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The column of latents to append.</param>
    /// <param name="autoencoder">The autoencoder.</param>
    /// <param name="inputColumnName">The image column to read; null means <paramref name="outputColumnName"/>.</param>
    /// <param name="gpuDeviceId">The GPU to compute on; null means the MLContext's.</param>
    /// <param name="fallbackToCpu">Whether to fall back to the CPU if the GPU cannot be used.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an option out of range.</exception>
    /// <remarks>A missing image gives a vector of NaN, which <c>FilterRowsByMissingValues</c> drops.</remarks>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.ResizeImagesAntialiased("Image", 64, 64)
    ///     .Append(mlContext.Transforms.EncodeImages("Latent", autoencoder, "Image"))
    ///     .Append(mlContext.Clustering.Trainers.KMeans("Latent", numberOfClusters: 8));
    /// </code>
    /// </example>
    public static RowEstimator<EncodeImagesTransformer> EncodeImages(
        this TransformsCatalog catalog, string outputColumnName, AutoencoderModel autoencoder, string? inputColumnName = null,
        int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        catalog.EncodeImages(autoencoder, new EncodeImagesOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu,
        });

    /// <param name="options">Columns, seeds, padding, batch size, device.</param>
    /// <inheritdoc cref="EncodeImages(TransformsCatalog, string, AutoencoderModel, string?, int?, bool)"/>
    public static RowEstimator<EncodeImagesTransformer> EncodeImages(
        this TransformsCatalog catalog, AutoencoderModel autoencoder, EncodeImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(autoencoder);
        return Estimator(
            catalog, EncodeImagesTransformer.ColumnsOf(autoencoder.Config, options),
            environment => new EncodeImagesTransformer(environment, autoencoder, options));
    }

    /// <summary>Decodes latents Vector&lt;Single, C, H, W&gt;, scaled as <c>EncodeImages</c> gives them, to images.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The image column to append.</param>
    /// <param name="autoencoder">The autoencoder.</param>
    /// <param name="inputColumnName">The column of latents to read; null means <paramref name="outputColumnName"/>.</param>
    /// <param name="gpuDeviceId">The GPU to compute on; null means the MLContext's.</param>
    /// <param name="fallbackToCpu">Whether to fall back to the CPU if the GPU cannot be used.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an option out of range.</exception>
    /// <remarks>A latent that holds NaN is missing: it gives a null image.</remarks>
    /// <example>
    /// <code>
    /// using var decode = mlContext.Transforms.DecodeLatents("Image", autoencoder, "Latent").Fit(data);
    /// var decoded = decode.Transform(data).GetColumn&lt;MLImage&gt;("Image").ToList();
    /// </code>
    /// </example>
    public static RowEstimator<DecodeLatentsTransformer> DecodeLatents(
        this TransformsCatalog catalog, string outputColumnName, AutoencoderModel autoencoder, string? inputColumnName = null,
        int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        catalog.DecodeLatents(autoencoder, new DecodeLatentsOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu,
        });

    /// <param name="options">Columns, batch size, device.</param>
    /// <inheritdoc cref="DecodeLatents(TransformsCatalog, string, AutoencoderModel, string?, int?, bool)"/>
    public static RowEstimator<DecodeLatentsTransformer> DecodeLatents(
        this TransformsCatalog catalog, AutoencoderModel autoencoder, DecodeLatentsOptions options)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Estimator(
            catalog, DecodeLatentsTransformer.ColumnsOf(autoencoder.Config, options),
            environment => new DecodeLatentsTransformer(environment, autoencoder, options));
    }

    /// <summary>Encodes images and decodes them again: the result lacks what the autoencoder does not preserve.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The image column to append: opaque images of the input's size.</param>
    /// <param name="autoencoder">The autoencoder.</param>
    /// <param name="inputColumnName">The image column to read; null means <paramref name="outputColumnName"/>.</param>
    /// <param name="gpuDeviceId">The GPU to compute on; null means the MLContext's.</param>
    /// <param name="fallbackToCpu">Whether to fall back to the CPU if the GPU cannot be used.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an option out of range.</exception>
    /// <remarks>A missing image gives a null image.</remarks>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.ResizeImagesAntialiased("Image", 64, 64)
    ///     .Append(mlContext.Transforms.ReconstructImages("Reconstruction", autoencoder, "Image"))
    ///     .Append(mlContext.Transforms.ScoreImageQuality("Image", "Reconstruction"));
    /// </code>
    /// </example>
    public static RowEstimator<ReconstructImagesTransformer> ReconstructImages(
        this TransformsCatalog catalog, string outputColumnName, AutoencoderModel autoencoder, string? inputColumnName = null,
        int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        catalog.ReconstructImages(autoencoder, new ReconstructImagesOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu,
        });

    /// <param name="options">Columns, padding, batch size, device.</param>
    /// <inheritdoc cref="ReconstructImages(TransformsCatalog, string, AutoencoderModel, string?, int?, bool)"/>
    public static RowEstimator<ReconstructImagesTransformer> ReconstructImages(
        this TransformsCatalog catalog, AutoencoderModel autoencoder, ReconstructImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Estimator(
            catalog, ReconstructImagesTransformer.ColumnsOf(autoencoder.Config, options),
            environment => new ReconstructImagesTransformer(environment, autoencoder, options));
    }

    /// <summary>
    /// Appends the spherical linear interpolation of two latents (Shoemake 1985); decoded, images between two images.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The latent column to append, of the same shape.</param>
    /// <param name="firstColumnName">The column of latents at fraction 0.</param>
    /// <param name="secondColumnName">The column of latents at fraction 1.</param>
    /// <param name="fraction">
    /// The position between the first (0) and the second (1), the same for all rows; the options can name a column instead.
    /// </param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or the fraction is out of range.</exception>
    /// <remarks>
    /// At 0 and 1 the result is the latent itself. If there is no unique shortest arc (a latent of zeros, or latents that are parallel or
    /// opposite), the interpolation is linear. A missing latent, which holds NaN, gives a missing one.
    /// </remarks>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.InterpolateLatents("Between", "First", "Second", fraction: 0.25)
    ///     .Append(mlContext.Transforms.DecodeLatents("Image", autoencoder, "Between"));
    /// </code>
    /// </example>
    public static RowEstimator<InterpolateLatentsTransformer> InterpolateLatents(
        this TransformsCatalog catalog, string outputColumnName, string firstColumnName, string secondColumnName, double fraction = 0.5) =>
        catalog.InterpolateLatents(new InterpolateLatentsOptions
        {
            OutputColumnName = outputColumnName, FirstColumnName = firstColumnName, SecondColumnName = secondColumnName, Fraction = fraction,
        });

    /// <param name="options">Columns; one fraction for all rows, or a column of them.</param>
    /// <inheritdoc cref="InterpolateLatents(TransformsCatalog, string, string, string, double)"/>
    public static RowEstimator<InterpolateLatentsTransformer> InterpolateLatents(this TransformsCatalog catalog, InterpolateLatentsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Estimator(
            catalog, InterpolateLatentsTransformer.ColumnsOf(options), environment => new InterpolateLatentsTransformer(environment, options));
    }

    /// <summary>Appends how close images are to their originals: peak signal-to-noise ratio and structural similarity, on 8-bit RGB.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="referenceColumnName">The column of originals.</param>
    /// <param name="candidateColumnName">The column of images to score, each of its original's size.</param>
    /// <param name="psnrColumnName">The column of peak signal-to-noise ratios to append: Single, in dB, infinite for equal images.</param>
    /// <param name="ssimColumnName">The column of structural similarities to append: Single, -1 to 1, as scikit-image computes them.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an option out of range.</exception>
    /// <remarks>If an image is missing, both are NaN.</remarks>
    /// <example>
    /// <code>
    /// using var score = mlContext.Transforms.ScoreImageQuality("Image", "Reconstruction").Fit(data);
    /// var mean = score.Transform(data).GetColumn&lt;float&gt;("Psnr").Average();
    /// </code>
    /// </example>
    public static RowEstimator<ScoreImageQualityTransformer> ScoreImageQuality(
        this TransformsCatalog catalog, string referenceColumnName, string candidateColumnName, string psnrColumnName = "Psnr",
        string ssimColumnName = "Ssim") =>
        catalog.ScoreImageQuality(new ScoreImageQualityOptions
        {
            ReferenceColumnName = referenceColumnName, CandidateColumnName = candidateColumnName,
            PsnrColumnName = psnrColumnName, SsimColumnName = ssimColumnName,
        });

    /// <param name="options">Columns, and how structural similarity is computed.</param>
    /// <inheritdoc cref="ScoreImageQuality(TransformsCatalog, string, string, string, string)"/>
    public static RowEstimator<ScoreImageQualityTransformer> ScoreImageQuality(this TransformsCatalog catalog, ScoreImageQualityOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Estimator(
            catalog, ScoreImageQualityTransformer.ColumnsOf(options), environment => new ScoreImageQualityTransformer(environment, options));
    }

    /// <summary>
    /// Appends how different images look from their references (Zhang et al. 2018): LPIPS, or an uncalibrated distance, depending on the model.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">
    /// The column to append: Single, 0 for equal images. Its annotations say how it was computed: <see cref="ScoreAnnotations"/>.
    /// </param>
    /// <param name="perceptualModel">The model.</param>
    /// <param name="referenceColumnName">The column of references.</param>
    /// <param name="candidateColumnName">The column of images to score, each of its reference's size.</param>
    /// <param name="gpuDeviceId">The GPU to compute on; null means the MLContext's.</param>
    /// <param name="fallbackToCpu">Whether to fall back to the CPU if the GPU cannot be used.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or an option out of range.</exception>
    /// <remarks>If an image is missing, the distance is NaN.</remarks>
    /// <example>
    /// <code>
    /// using PerceptualModel perceptual = PerceptualModel.Load("models/emoji-vgg.safetensors");
    /// var score = mlContext.Transforms.ScorePerceptualDistance("Distance", perceptual, "Image", "Reconstruction");
    /// </code>
    /// </example>
    public static RowEstimator<ScorePerceptualDistanceTransformer> ScorePerceptualDistance(
        this TransformsCatalog catalog, string outputColumnName, PerceptualModel perceptualModel, string referenceColumnName,
        string candidateColumnName, int? gpuDeviceId = null, bool fallbackToCpu = false) =>
        catalog.ScorePerceptualDistance(perceptualModel, new ScorePerceptualDistanceOptions
        {
            OutputColumnName = outputColumnName,
            ReferenceColumnName = referenceColumnName,
            CandidateColumnName = candidateColumnName,
            GpuDeviceId = gpuDeviceId,
            FallbackToCpu = fallbackToCpu,
        });

    /// <param name="options">Columns, batch size, device.</param>
    /// <inheritdoc cref="ScorePerceptualDistance(TransformsCatalog, string, PerceptualModel, string, string, int?, bool)"/>
    public static RowEstimator<ScorePerceptualDistanceTransformer> ScorePerceptualDistance(
        this TransformsCatalog catalog, PerceptualModel perceptualModel, ScorePerceptualDistanceOptions options)
    {
        ArgumentNullException.ThrowIfNull(perceptualModel);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Estimator(
            catalog, new ScorePerceptualDistanceTransformer.DistanceColumns(perceptualModel, options),
            environment => new ScorePerceptualDistanceTransformer(environment, perceptualModel, options));
    }

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
    /// </remarks>
    /// <example>
    /// <code>
    /// var rows = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(seed => new { Seed = seed, Label = "Flags" }));
    /// using var generate = mlContext.Transforms.GenerateImages("Image", model, labelColumnName: "Label", guidanceScale: 2).Fit(rows);
    /// var generated = generate.Transform(rows).GetColumn&lt;MLImage&gt;("Image").ToList();
    /// </code>
    /// </example>
    public static RowEstimator<GenerateImagesTransformer> GenerateImages(
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
    public static RowEstimator<GenerateImagesTransformer> GenerateImages(
        this TransformsCatalog catalog, LatentDiffusionModel model, GenerateImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(model);
        return Estimator(
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
    public static RowEstimator<EncodeTextTransformer> EncodeText(
        this TransformsCatalog catalog, string outputColumnName, TextEncoderModel encoder, string? inputColumnName = null, int? gpuDeviceId = null,
        bool fallbackToCpu = false) =>
        catalog.EncodeText(encoder, new EncodeTextOptions
        {
            OutputColumnName = outputColumnName, InputColumnName = inputColumnName, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu,
        });

    /// <param name="options">Columns, batch size, device.</param>
    /// <inheritdoc cref="EncodeText(TransformsCatalog, string, TextEncoderModel, string?, int?, bool)"/>
    public static RowEstimator<EncodeTextTransformer> EncodeText(this TransformsCatalog catalog, TextEncoderModel encoder, EncodeTextOptions options)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(encoder);
        return Estimator(
            catalog, EncodeTextTransformer.ColumnsOf(encoder, options), environment => new EncodeTextTransformer(environment, encoder, options));
    }

    /// <param name="model">A model that includes a text encoder.</param>
    /// <inheritdoc cref="EncodeText(TransformsCatalog, string, TextEncoderModel, string?, int?, bool)"/>
    public static RowEstimator<EncodeTextTransformer> EncodeText(
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

    private static RowEstimator<TTransformer> Estimator<TTransformer>(
        TransformsCatalog catalog, RowColumns columns, Func<IHostEnvironment, TTransformer> create)
        where TTransformer : RowTransformer
    {
        var environment = MlHost.EnvironmentOf(catalog);
        return new(columns, () => create(environment));
    }
}
