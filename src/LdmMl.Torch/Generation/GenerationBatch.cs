using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>The rows to generate: the seed and the conditions of each. Owns none of its tensors.</summary>
/// <remarks>
/// A row's noise depends only on its seed, and is drawn in this order: the first state, then the sampler's draws, step by step (in a step with a
/// mask, the noise of the kept part comes first; with DDPM last). Each draw equals PyTorch's <c>torch.randn((1, c, h, w), generator=g)</c>, where
/// <c>g</c> is a CPU generator with that seed. So a row's image is the same by itself, in any batch and in any order.
/// </remarks>
public sealed record GenerationBatch
{
    /// <summary>Gets the seed of each row, at least one; any number.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>Gets the label of each row: 0 to <see cref="LabelConditioning.Count"/> - 1, or <see cref="LabelConditioning.NullLabel"/>.</summary>
    /// <value>Default: null, no labels: a model with labels then uses its null label, if it has one.</value>
    public IReadOnlyList<int>? Labels { get; init; }

    /// <summary>
    /// Gets the prompt of each row, or one for all: <see cref="LatentDiffusionModel.TextEncoder"/> encodes them to context tokens,
    /// which replace <see cref="Context"/>. "" is a valid prompt.
    /// </summary>
    /// <value>Default: null.</value>
    public IReadOnlyList<string>? Prompts { get; init; }

    /// <summary>
    /// Gets what each row should not show, or one text for all: guidance pushes away from it (<c>negative_prompt</c>). Only with
    /// <see cref="Prompts"/> and with guidance.
    /// </summary>
    /// <value>Default: null: "", or zeros instead of an encoded text for SDXL, as in diffusers.</value>
    public IReadOnlyList<string>? NegativePrompts { get; init; }

    /// <summary>
    /// Gets the text of each row for the second of two text encoders (<c>prompt_2</c> of SDXL), or one for all: the vector of the whole text is made of
    /// it, and the second part of each token.
    /// </summary>
    /// <value>Default: null: both encoders read <see cref="Prompts"/>.</value>
    public IReadOnlyList<string>? SecondPrompts { get; init; }

    /// <summary>Gets what the second of two text encoders reads in place of <see cref="NegativePrompts"/> (<c>negative_prompt_2</c>), which it needs.</summary>
    /// <value>Default: null: both encoders read <see cref="NegativePrompts"/>.</value>
    public IReadOnlyList<string>? SecondNegativePrompts { get; init; }

    /// <summary>Gets the tokens of each row, [B, tokens, dimension], float32.</summary>
    /// <value>Default: null.</value>
    public Tensor? Context { get; init; }

    /// <summary>
    /// Gets the unconditional (negative) tokens that guidance pushes away from, [B, tokens, dimension] or one row for all, float32.
    /// </summary>
    /// <value>Default: null.</value>
    public Tensor? UnconditionalContext { get; init; }

    /// <summary>Gets the pooled vector of each row's text, [B, numbers], float32, which SDXL takes in addition to <see cref="Context"/>.</summary>
    /// <value>Default: null.</value>
    public Tensor? Pooled { get; init; }

    /// <summary>Gets the vector that belongs to <see cref="UnconditionalContext"/>, [B, numbers] or one row for all, float32.</summary>
    /// <value>Default: null.</value>
    public Tensor? UnconditionalPooled { get; init; }

    /// <summary>
    /// Gets the initial images, [B, C, H, W], float32, in the first stage's pixel range: for image to image, and for inpainting together with
    /// <see cref="Masks"/>. Their latents are the means of their posteriors, so they draw no noise.
    /// </summary>
    /// <value>Default: null.</value>
    public Tensor? InitialImages { get; init; }

    /// <summary>
    /// Gets which part of the initial images is replaced, [B, 1, H, W], float32, 0 to 1: 1 (white) is painted, 0 (black) is kept, and values in
    /// between are mixed. A latent pixel is replaced as much as the whitest of its pixels.
    /// </summary>
    /// <value>Default: null.</value>
    public Tensor? Masks { get; init; }

    /// <summary>
    /// Gets the small images of a super-resolution model, [B, C, h, w], float32, in [-1, 1]; the result is larger by the first stage's factor.
    /// </summary>
    /// <value>Default: null.</value>
    public Tensor? LowResolutionImages { get; init; }
}
