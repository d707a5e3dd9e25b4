using LdmMl.Torch.Models.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>The trained networks beside the first stage: the U-Net, and the label tokens if it takes labels as context.</summary>
internal sealed class DenoisingNetwork : nn.Module
{
    // Field names are the names in messages about non-finite values.
    private readonly UNet unet;
    private readonly LabelEmbedding? label_tokens;

    public DenoisingNetwork(UNet unet, LabelEmbedding? labelTokens) : base(nameof(DenoisingNetwork))
    {
        this.unet = unet;
        label_tokens = labelTokens;
        RegisterComponents();
    }

    /// <summary>Gets the U-Net.</summary>
    public UNet UNet => unet;

    /// <summary>Gets the token of each label, [labels, dimension]; null where the model takes labels otherwise, or none.</summary>
    public LabelEmbedding? LabelTokens => label_tokens;
}
