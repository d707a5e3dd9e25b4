using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Storage;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>
/// Which of diffusers' pipelines opens a model as a whole (<c>DiffusionPipeline.from_pretrained</c>), and what its parts are called there. A missing
/// text encoder is null there: prompts are then given as embeddings.
/// </summary>
internal static class PipelineClass
{
    private const string Unconditional = "LDMPipeline";
    private const string SuperResolution = "LDMSuperResolutionPipeline";
    private const string TextToImage = "StableDiffusionPipeline";
    private const string Inpainting = "StableDiffusionInpaintPipeline";

    private const string Upscaling = "StableDiffusionUpscalePipeline";
    private const string TextToImageXl = "StableDiffusionXLPipeline";
    private const string InpaintingXl = "StableDiffusionXLInpaintPipeline";
    private const string LatentDiffusionText = "LDMTextToImagePipeline";

    /// <summary>The key that says whether zeros replace a missing negative prompt.</summary>
    public const string ZeroKey = "force_zeros_for_empty_prompt";

    /// <summary>The key of the largest noise level that an upscaler was trained with.</summary>
    public const string MaximumNoiseKey = "max_noise_level";

    private static readonly string[] AbsentParts = ["text_encoder", "tokenizer", "safety_checker", "feature_extractor", "image_encoder"];
    private static readonly string[] AbsentPartsXl =
        ["text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "feature_extractor", "image_encoder"];

    /// <summary>Chooses the pipeline.</summary>
    /// <remarks>
    /// <c>LDMPipeline</c> opens every U-Net with its first stage. It can generate only without conditions; a custom loop over its parts can do
    /// the rest.
    /// </remarks>
    public static string Of(LatentDiffusionConfig config, AutoencoderConfig autoencoder, TextEncoderModel? text = null) => config.Conditioning switch
    {
        ContextConditioning { Vector: not null } => TextToImageXl,
        ContextConditioning when text?.Parts[0].Name == TextEncoderReading.LatentDiffusion => LatentDiffusionText,
        ContextConditioning => TextToImage,
        ConcatenatedConditioning { Input: ConcatenatedInput.MaskThenMaskedImage, Context.Vector: not null } => InpaintingXl,
        ConcatenatedConditioning { Input: ConcatenatedInput.MaskThenMaskedImage, Context: not null } => Inpainting,
        ConcatenatedConditioning { Noise: not null, Context: { Vector: null } } => Upscaling,

        // This pipeline decodes latents without unscaling them.
        ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage, Context: null }
            when autoencoder is { LatentScale: 1, LatentShift: 0 } => SuperResolution,
        _ => Unconditional,
    };

    /// <summary>Returns the name of the first stage's folder in a pipeline.</summary>
    public static string AutoencoderFolder(string pipeline) =>
        pipeline is Unconditional or SuperResolution or LatentDiffusionText ? DiffusersFolder.OlderAutoencoderName : DiffusersFolder.AutoencoderName;

    /// <summary>Returns the arguments of a pipeline's class in addition to its parts.</summary>
    public static IReadOnlyDictionary<string, JsonNode> Options(string pipeline, Conditioning conditioning)
    {
        var options = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        if (pipeline is TextToImageXl or InpaintingXl)
            options.Add(ZeroKey, conditioning.CrossAttention!.Vector!.ZeroWithoutNegative);
        if ((conditioning as ConcatenatedConditioning)?.Noise is { } noise)
            options.Add(MaximumNoiseKey, noise.Maximum);
        return options;
    }

    /// <summary>Returns the parts that a pipeline expects but the folder does not have.</summary>
    public static IEnumerable<string> Absent(string pipeline) => pipeline switch
    {
        TextToImageXl or InpaintingXl => AbsentPartsXl,
        TextToImage or Inpainting or Upscaling => AbsentParts,
        _ => [],
    };
}
