using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>
/// Which of diffusers' pipelines opens a model as a whole (<c>DiffusionPipeline.from_pretrained</c>), and what its parts are called there. A text
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
    /// <c>LDMPipeline</c> opens every U-Net with its first stage. It can generate without conditions only; a loop of one's own over its parts gives
    /// the others.
    /// </remarks>
    public static string Of(LatentDiffusionConfig config, AutoencoderConfig autoencoder) => config.Conditioning switch
    {
        ContextConditioning => TextToImage,
        ConcatenatedConditioning { Input: ConcatenatedInput.MaskThenMaskedImage, Context: not null } => Inpainting,

        // That pipeline decodes latents as they are.
        ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage, Context: null }
            when autoencoder is { LatentScale: 1, LatentShift: 0 } => SuperResolution,
        _ => Unconditional,
    };

    /// <summary>Gives the folder of the first stage, which each pipeline names in its own way.</summary>
    public static string AutoencoderFolder(string pipeline) =>
        pipeline is Unconditional or SuperResolution ? DiffusersFolder.OlderAutoencoderName : DiffusersFolder.AutoencoderName;

    /// <summary>Gives the parts that a pipeline expects and the folder does not have.</summary>
    public static IEnumerable<string> Absent(string pipeline) => pipeline is TextToImage or Inpainting ? AbsentParts : [];
}
