using LdmMl.Torch.Diffusion;

namespace LdmMl.Torch.Generation;

/// <summary>How images are generated: the same for every row.</summary>
public sealed record GenerationSettings
{
    /// <summary>Gets the sampler with its options, and the steps.</summary>
    /// <value>Default: null: the model's (<see cref="LatentDiffusionConfig.Sampling"/>).</value>
    public SamplingSettings? Sampling { get; init; }

    /// <summary>
    /// Gets the scale of classifier-free guidance (CFG, <c>guidance_scale</c>): how far predictions are pushed away from those without a condition
    /// (Ho and Salimans 2022, eq. 6), at least 0; 1 means no guidance and half the computation; 0 ignores the condition.
    /// </summary>
    /// <value>Default: 1.</value>
    public double GuidanceScale { get; init; } = 1.0;

    /// <summary>
    /// Gets how far a guided prediction's standard deviation is rescaled to that of the unguided one (<c>guidance_rescale</c>; Lin et al. 2024,
    /// section 3.4), 0 to 1.
    /// </summary>
    /// <value>Default: 0.</value>
    public double GuidanceRescale { get; init; }

    /// <summary>Gets the projection of guidance (APG), which leaves out what only raises contrast and saturation; not together with
    /// <see cref="GuidanceRescale"/>.</summary>
    /// <value>Default: null: guidance as usual.</value>
    public GuidanceProjection? GuidanceProjection { get; init; }

    /// <summary>Gets the noise levels at which guidance is applied.</summary>
    /// <value>Default: null: all.</value>
    public GuidanceInterval? GuidanceInterval { get; init; }

    /// <summary>
    /// Gets how much of an initial image is replaced (<c>strength</c>), above 0 and at most 1: the share of the steps that are taken.
    /// 1 begins with pure noise, so that only the part that a mask keeps remains of the image.
    /// </summary>
    /// <value>Default: 1.</value>
    public double Strength { get; init; } = 1.0;

    /// <summary>Gets how an initial image and its mask are used in sampling; published implementations differ.</summary>
    /// <value>Default: <see cref="ImageRule.Mean"/>; <see cref="ImageRule.Diffusers"/> gives the images of diffusers' pipelines for the same noise.</value>
    public ImageRule ImageRule { get; init; }

    /// <summary>
    /// Gets the share of the noise levels after which to stop (<c>denoising_end</c>), above 0 and at most 1: the remaining noise is left for another
    /// model to remove, such as SDXL's refiner.
    /// </summary>
    /// <value>Default: null: all noise is removed.</value>
    public double? DenoisingEnd { get; init; }

    /// <summary>Gets SDXL's conditioning on sizes (micro-conditioning); must be null for other models.</summary>
    /// <value>Default: null: as if nothing had been cropped or resized.</value>
    public ImageSizes? Sizes { get; init; }

    /// <summary>Gets the sizes that guidance pushes away from, for SDXL.</summary>
    /// <value>Default: null: <see cref="Sizes"/>.</value>
    public ImageSizes? NegativeSizes { get; init; }

    /// <summary>
    /// Gets how much noise a super-resolution model adds to the small image (<c>noise_level</c>), if it does: 0 to
    /// <see cref="NoiseAugmentation.Maximum"/>. With more noise, the model invents more.
    /// </summary>
    /// <value>Default: null: 20, as in diffusers, for models that add noise.</value>
    public int? NoiseLevel { get; init; }

    /// <summary>Gets the width of the images in pixels; a multiple of the first stage's factor and the U-Net's.</summary>
    /// <value>Default: null: the width of the given images, or of the training images.</value>
    public int? Width { get; init; }

    /// <summary>Gets the height of the images in pixels; a multiple of the first stage's factor and the U-Net's.</summary>
    /// <value>Default: null: the height of the given images, or of the training images.</value>
    public int? Height { get; init; }

    /// <summary>
    /// Gets whether the pixels that a mask keeps are copied from the initial image into the result, as in an
    /// image editor; otherwise they are the first stage's reconstruction.
    /// </summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool KeepOriginalPixels { get; init; } = true;
}
