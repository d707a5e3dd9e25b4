namespace LdmMl.Torch.Diffusion;

/// <summary>How much noise is added to the kept part of an image after a step.</summary>
internal enum PastedLevel
{
    /// <summary>As much as the next step starts with; none after the last (diffusers' inpainting pipeline).</summary>
    Next,

    /// <summary>As much as the step started with; after the last step the clean image is pasted (diffusers' legacy inpainting pipeline).</summary>
    Current,
}
