using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>
/// Which of diffusers' pipelines opens a model as a whole (<c>DiffusionPipeline.from_pretrained</c>), and the names of its parts there. A text
/// encoder, which this library does not store, is null: prompts then come as embeddings.
/// </summary>
internal static class PipelineClass
{
    private const string Unconditional = "LDMPipeline";
    private const string SuperResolution = "LDMSuperResolutionPipeline";
    private const string TextToImage = "StableDiffusionPipeline";
    private const string Inpainting = "StableDiffusionInpaintPipeline";

    private static readonly string[] AbsentParts = ["text_encoder", "tokenizer", "safety_checker", "feature_extractor", "image_encoder"];

    /// <summary>Chooses the pipeline.</summary>
    /// <remarks>
    /// <c>LDMPipeline</c> opens every U-Net with its first stage. It can generate only without conditions; a custom loop over its parts can do
    /// the rest.
    /// </remarks>
    public static string Of(LatentDiffusionConfig config, AutoencoderConfig autoencoder) => config.Conditioning switch
    {
        ContextConditioning => TextToImage,
        ConcatenatedConditioning { Input: ConcatenatedInput.MaskThenMaskedImage, Context: not null } => Inpainting,

        // That pipeline decodes latents without scaling.
        ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage, Context: null }
            when autoencoder is { LatentScale: 1, LatentShift: 0 } => SuperResolution,
        _ => Unconditional,
    };

    /// <summary>Returns the name of the first stage's folder in a pipeline.</summary>
    public static string AutoencoderFolder(string pipeline) =>
        pipeline is Unconditional or SuperResolution ? DiffusersFolder.OlderAutoencoderName : DiffusersFolder.AutoencoderName;

    /// <summary>Returns the parts that a pipeline expects but the folder lacks.</summary>
    public static IEnumerable<string> Absent(string pipeline) => pipeline is TextToImage or Inpainting ? AbsentParts : [];
}
