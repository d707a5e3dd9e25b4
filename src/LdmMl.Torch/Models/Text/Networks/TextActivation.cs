namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>The nonlinearity of a text encoder's feed-forward layers.</summary>
internal enum TextActivation
{
    /// <summary>x * sigmoid(1.702 x) (<c>quick_gelu</c>): OpenAI's CLIP.</summary>
    QuickGelu,

    /// <summary>The exact Gaussian error linear unit (<c>gelu</c>): OpenCLIP and latent diffusion's own encoders.</summary>
    Gelu,
}
