namespace LdmMl.Torch.Generation;

/// <summary>How an initial image and its mask enter the sampling: published implementations differ.</summary>
public enum ImageRule
{
    /// <summary>
    /// CompVis' way, without its random encoding: the image's latent is the mean of its posterior; the kept part is put back before each step (with
    /// DDPM after it), with fresh noise; a latent pixel is painted as much as the most painted of its pixels; strength 1 is pure noise.
    /// </summary>
    Mean,

    /// <summary>
    /// As diffusers' image-to-image and inpainting pipelines. The image's latent is a sample of its posterior, and so is that of a masked image;
    /// masks are black or white, divided at 0.5, and one pixel of each latent pixel decides; the kept part is pasted after each step with the first
    /// state's noise at the next level, and clean after the last. Without a mask, strength 1 still begins with the image under noise. A row draws:
    /// posterior (not for an inpainting model at strength 1), noise, posterior of the masked image where there is a mask, then what the sampler draws.
    /// PNDM's second timestep stands twice in its list, of which strength takes the end.
    /// </summary>
    Diffusers,

    /// <summary>
    /// As diffusers' former inpainting pipeline (<c>StableDiffusionInpaintPipelineLegacy</c>), for models that are not for inpainting: as
    /// <see cref="Diffusers"/>, but the first state always has the image in it, masks mix, and the kept part is pasted at the level with which the
    /// step began; after the last step the clean part is pasted over it.
    /// </summary>
    DiffusersLegacy,

    /// <summary>
    /// As <see cref="DiffusersLegacy"/>, with the network's prediction for nothing (that which guidance pushes away from) in place of the noise of
    /// the pasted part (<c>add_predicted_noise</c>). Needs guidance.
    /// </summary>
    DiffusersLegacyPredictedNoise,
}
