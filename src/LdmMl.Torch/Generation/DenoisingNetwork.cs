using LdmMl.Torch.Models.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>The trained networks without the first stage: the U-Net, and the label tokens if the model takes labels as context.</summary>
internal sealed class DenoisingNetwork : nn.Module
{
    // Field names appear in messages about non-finite values.
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

    /// <summary>Gets the token of each label, [labels, dimension]; null if the model takes labels in another way, or none.</summary>
    public LabelEmbedding? LabelTokens => label_tokens;
}
