namespace LdmMl.Torch.Generation;

/// <summary>How an initial image and its mask are used in sampling; published implementations differ.</summary>
public enum ImageRule
{
    /// <summary>
    /// As in CompVis, but without its random encoding. The image's latent is the mean of its posterior. The kept part is restored before each step
    /// (after it with DDPM), with fresh noise. A latent pixel is painted as much as the most painted of its pixels. Strength 1 is pure noise.
    /// </summary>
    Mean,

    /// <summary>
    /// As in diffusers' image-to-image and inpainting pipelines. The image's latent is a sample of its posterior, and so is a masked image's.
    /// Masks are binary, with threshold 0.5, and one pixel of each latent pixel decides. The kept part is pasted after each step, with the first
    /// state's noise at the next level, and without noise after the last step; Heun and DPM2, whose steps have two network calls, are pasted into
    /// between the calls as well. Without a mask, strength 1 still begins with the noised image. The draws of a row are: posterior (except for an
    /// inpainting model at strength 1), noise, posterior of the masked image if there is a mask, then the sampler's. PNDM's list has its second
    /// timestep twice, and strength takes the end of that list.
    /// </summary>
    Diffusers,

    /// <summary>
    /// As in diffusers' former inpainting pipeline (<c>StableDiffusionInpaintPipelineLegacy</c>), for models other than inpainting models: as
    /// <see cref="Diffusers"/>, but the first state always contains the image, masks may be soft, and the kept part is pasted at the level at which
    /// the step began. After the last step the clean image is pasted.
    /// </summary>
    DiffusersLegacy,

    /// <summary>
    /// As <see cref="DiffusersLegacy"/>, but the noise of the pasted part is the network's unconditional prediction (the one that guidance pushes
    /// away from; <c>add_predicted_noise</c>). Needs guidance.
    /// </summary>
    DiffusersLegacyPredictedNoise,
}
