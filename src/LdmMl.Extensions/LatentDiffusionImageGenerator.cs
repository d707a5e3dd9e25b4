using System.Diagnostics.CodeAnalysis;
using LdmMl.Images;
using LdmMl.Models;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Generation;
using Microsoft.Extensions.AI;
using static TorchSharp.torch;

namespace LdmMl.Extensions;

/// <summary>
/// Generates images with a model as <see cref="IImageGenerator"/>, from a prompt (for models with labels, the name of a label) and optionally an
/// original image. Safe to use from several threads at once; requests are computed one at a time, and do not block a thread while they wait.
/// </summary>
/// <remarks>
/// <para>
/// <see cref="ImageGenerationOptions.AdditionalProperties"/> may contain, in any case: <c>Seed</c> (image n has the seed plus n; by default the seed
/// is random), <c>Steps</c>, <c>Sampler</c> (such as <c>dpm++-2m</c>), <c>GuidanceScale</c>, <c>GuidanceRescale</c>,
/// <c>NegativePrompt</c>, <c>SecondPrompt</c> and <c>SecondNegativePrompt</c> (what the second of two text encoders reads, as in SDXL; by default
/// the same), <c>Strength</c> (how much of an original image is replaced, by default 0.8), <c>Mask</c> (an image: white is painted,
/// black is kept) and <c>ImageRule</c>. Anything else is refused. <see cref="ImageGenerationOptions.RawRepresentationFactory"/> may return
/// <see cref="GenerationSettings"/> for everything else.
/// </para>
/// <para>
/// An original image is cropped around its centre and scaled to <see cref="ImageGenerationOptions.ImageSize"/>, or to the model's size. Results are
/// <see cref="DataContent"/>, <c>image/png</c> or <c>image/jpeg</c>; their additional property <c>Seed</c> reproduces them.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// using Microsoft.Extensions.AI;
/// using var drawing = LatentDiffusionModel.Load("emoji");
/// using IImageGenerator generator = new LatentDiffusionImageGenerator(drawing);
/// var options = new ImageGenerationOptions { Count = 2, AdditionalProperties = new() { ["Seed"] = 7 } };
/// var response = await generator.GenerateImagesAsync("Flags", options);
/// File.WriteAllBytes("flag.png", ((DataContent)response.Contents[0]).Data.ToArray());
/// </code>
/// </example>
[Experimental(ExperimentalInterface.Id, UrlFormat = ExperimentalInterface.Page)]
public sealed class LatentDiffusionImageGenerator : IImageGenerator
{
    private const string Provider = "ldmml";

    // Never disposed, so that requests that are still waiting fail with a message about a closed model, not about a semaphore.
    private readonly SemaphoreSlim gate = new(1);
    private readonly LatentDiffusionModel model;
    private readonly LatentDiffusionOptions options;
    private readonly ImageGeneratorMetadata metadata;
    private readonly ImageOrderReader reader;

    /// <summary>Initializes a new instance of the <see cref="LatentDiffusionImageGenerator"/> class.</summary>
    /// <param name="model">The model; the generator opens its own handle to it.</param>
    /// <param name="options">
    /// Defaults and limits of requests; null for the defaults. The options that say which model to open are ignored, because it is already open.
    /// </param>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public LatentDiffusionImageGenerator(LatentDiffusionModel model, LatentDiffusionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.options = options ?? new LatentDiffusionOptions();
        var source = string.IsNullOrEmpty(this.options.Model) ? model.Source : this.options.Model;
        var id = this.options.ModelId ?? Path.GetFileName(source.TrimEnd('/', '\\'));
        metadata = new ImageGeneratorMetadata(Provider, providerUri: null, id);
        this.model = model.Share();
        reader = new ImageOrderReader(this.model, id, this.options);
    }

    /// <summary>Generates images.</summary>
    /// <param name="request">The prompt or the name of a label, and an image to start from, if any.</param>
    /// <param name="options">The number, size and file format of the images, and additional properties; null for the defaults.</param>
    /// <param name="cancellationToken">Stops waiting, or sampling before the next step.</param>
    /// <returns>The images, in the order of their seeds.</returns>
    /// <exception cref="OptionException">Something in the request is unknown, or does not fit the model; the message says what is needed.</exception>
    /// <exception cref="ImageFileException">The original image or the mask cannot be decoded, or has too many pixels.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token asked to stop.</exception>
    /// <exception cref="ObjectDisposedException">The generator is disposed.</exception>
    public async Task<ImageGenerationResponse> GenerateAsync(
        ImageGenerationRequest request, ImageGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var order = reader.Read(this, request, options);
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Generate(order, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>
    /// Returns a service of the generator: itself, its <see cref="ImageGeneratorMetadata"/>, or its <see cref="LatentDiffusionModel"/>.
    /// </summary>
    /// <param name="serviceType">The type.</param>
    /// <param name="serviceKey">Must be null; otherwise nothing is found.</param>
    /// <returns>The object, which the generator still owns; null for none.</returns>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        object[] parts = serviceKey is null ? [this, metadata, model] : [];
        return parts.FirstOrDefault(serviceType.IsInstanceOfType);
    }

    /// <summary>Closes the generator's handle to the model.</summary>
    public void Dispose() => model.Dispose();

    private ImageGenerationResponse Generate(ImageOrder order, CancellationToken cancellationToken)
    {
        CheckPixels(order.Settings);
        var contents = new List<AIContent>();
        foreach (var seeds in order.Seeds.Chunk(options.BatchSize))
        {
            using var scope = NewDisposeScope();
            var batch = new OriginalImage(model, order.Settings, options.MaximumPixels).AddTo(Rows(order, seeds), order.Original, order.Mask);
            var images = ForwardLock.Run(model.Device, () => model.Generate(batch, order.Settings, cancellationToken: cancellationToken));
            contents.AddRange(seeds.Zip(ImageTensors.ToImages(images, model.Autoencoder.Config.PixelRange), (seed, image) =>
            {
                using (image)
                    return Content(ImageFormat.Encode(image, order.MediaType), order.MediaType, seed);
            }));
        }

        return new ImageGenerationResponse(contents);
    }

    private static GenerationBatch Rows(ImageOrder order, long[] seeds) => new()
    {
        Seeds = seeds,
        Prompts = order.Prompt is null ? null : [order.Prompt],
        NegativePrompts = order.NegativePrompt is null ? null : [order.NegativePrompt],
        SecondPrompts = order.SecondPrompt is null ? null : [order.SecondPrompt],
        SecondNegativePrompts = order.SecondNegativePrompt is null ? null : [order.SecondNegativePrompt],
        Labels = order.Label is { } label ? [.. Enumerable.Repeat(label, seeds.Length)] : null,
    };

    private static DataContent Content(byte[] file, string mediaType, long seed) => new(file, mediaType)
    {
        AdditionalProperties = new() { [RequestProperties.Seed] = seed },
    };

    private void CheckPixels(GenerationSettings settings)
    {
        var (width, height) = (settings.Width ?? model.DefaultWidth, settings.Height ?? model.DefaultHeight);
        Check.That(
            (long)width * height <= options.MaximumPixels, $"{width}x{height}",
            $"it must have at most {options.MaximumPixels} pixels ({nameof(options.MaximumPixels)})", nameof(ImageGenerationOptions.ImageSize));
    }
}
