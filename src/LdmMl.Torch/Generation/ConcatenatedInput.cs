namespace LdmMl.Torch.Generation;

/// <summary>What is concatenated with the noisy latent, channel by channel, in a model for super-resolution or inpainting.</summary>
public enum ConcatenatedInput
{
    /// <summary>
    /// The small image itself, in [-1, 1], as large as the latent: the published super-resolution models
    /// (CompVis <c>LR_image</c>; diffusers <c>LDMSuperResolutionPipeline</c>).
    /// </summary>
    LowResolutionImage,

    /// <summary>
    /// The unscaled latent of the image with black masked pixels, then the mask in {-1, 1}: the published inpainting model of latent
    /// diffusion (CompVis <c>masked_image</c>).
    /// </summary>
    MaskedImageThenMask,

    /// <summary>
    /// The mask in {0, 1}, then the scaled latent of the image with grey masked pixels: Stable Diffusion's inpainting models
    /// (CompVis <c>LatentInpaintDiffusion</c>; diffusers <c>StableDiffusionInpaintPipeline</c>).
    /// </summary>
    MaskThenMaskedImage,
}
