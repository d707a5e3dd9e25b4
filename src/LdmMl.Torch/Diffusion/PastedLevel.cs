namespace LdmMl.Torch.Diffusion;

/// <summary>How much noise the kept part of an image gets after a step.</summary>
internal enum PastedLevel
{
    /// <summary>That of the next step; none after the last (diffusers' inpainting pipeline).</summary>
    Next,

    /// <summary>That with which the step began; after the last the clean part is pasted over it (diffusers' legacy inpainting pipeline).</summary>
    Current,
}
