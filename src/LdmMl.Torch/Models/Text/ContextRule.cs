using System.Runtime.InteropServices;

namespace LdmMl.Torch.Models.Text;

/// <summary>Which hidden states of a text encoder a diffusion model was trained on.</summary>
/// <param name="SkippedLayers">How many of the last blocks are skipped: 0 for Stable Diffusion 1, 1 for SDXL and for Stable Diffusion 2's single
/// files.</param>
/// <param name="Normalized">Whether the layer norm after the last block is applied; SDXL does not apply it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ContextRule(int SkippedLayers, bool Normalized)
{
    /// <summary>Gets the rule for the last hidden states, normalised.</summary>
    public static ContextRule Last { get; } = new(0, Normalized: true);

    /// <summary>Gets the rule for the hidden states before the last block, normalised.</summary>
    public static ContextRule Penultimate { get; } = new(1, Normalized: true);

    /// <summary>Gets the rule for the hidden states before the last block, not normalised.</summary>
    public static ContextRule PenultimateAsIs { get; } = new(1, Normalized: false);
}
