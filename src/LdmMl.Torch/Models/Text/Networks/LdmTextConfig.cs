using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>
/// Shape of latent diffusion's own text encoder (Rombach et al. 2022, section 4.3.1; CompVis <c>BERTEmbedder</c> and <c>TransformerEmbedder</c>).
/// It has no mask: every token attends to every other, padding included.
/// </summary>
internal sealed record LdmTextConfig : TextNetworkConfig
{
    /// <summary>The number of heads in every published encoder, whatever its width.</summary>
    public const int UsualHeads = 8;

    /// <summary>The width of each of those heads.</summary>
    public const int UsualHeadWidth = 64;

    /// <summary>Gets the width of one head (<c>head_dim</c>).</summary>
    public int HeadWidth { get; init; } = UsualHeadWidth;

    public override int AttentionWidth => Heads * HeadWidth;

    public override void Validate()
    {
        base.Validate();
        Check.Within(HeadWidth, 1, 1 << 14);
    }
}
