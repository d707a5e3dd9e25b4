using System.Text.Json.Serialization;

namespace LdmMl.Torch.Checkpoints.CompVis;

/// <summary>
/// The U-Net as a CompVis YAML describes it (<c>unet_config.params</c>). In small letters with underscores the names are the YAML's keys;
/// what the YAML leaves out is as in the reference.
/// </summary>
internal sealed record CompVisUNet
{
    /// <summary>Gets the Python class, without its module.</summary>
    public const string ClassName = "UNetModel";

    public int? ImageSize { get; init; }

    public required int InChannels { get; init; }

    public required int OutChannels { get; init; }

    public required int ModelChannels { get; init; }

    public required int NumResBlocks { get; init; }

    public required IReadOnlyList<int> AttentionResolutions { get; init; }

    public IReadOnlyList<int> ChannelMult { get; init; } = [1, 2, 4, 8];

    public double Dropout { get; init; }

    public bool ConvResample { get; init; } = true;

    /// <summary>Gets the number of labels, or <c>sequential</c> where a vector stands beside the time.</summary>
    public string? NumClasses { get; init; }

    public int? AdmInChannels { get; init; }

    public int NumHeads { get; init; } = -1;

    public int NumHeadChannels { get; init; } = -1;

    public int NumHeadsUpsample { get; init; } = -1;

    public bool UseScaleShiftNorm { get; init; }

    public bool ResblockUpdown { get; init; }

    public bool UseNewAttentionOrder { get; init; }

    public bool UseSpatialTransformer { get; init; }

    public bool UseLinearInTransformer { get; init; }

    public int TransformerDepth { get; init; } = 1;

    public int? ContextDim { get; init; }

    public int? NEmbed { get; init; }

    public bool Legacy { get; init; } = true;

    /// <summary>Gets the groups of every normalisation; not in a YAML, where they are 32.</summary>
    [JsonPropertyName("_ldmml_norm_groups")]
    public int NormGroups { get; init; } = 32;

    /// <summary>Gets the heads of each level; not in a YAML.</summary>
    [JsonPropertyName("_ldmml_level_heads")]
    public IReadOnlyList<int>? LevelHeads { get; init; }
}
