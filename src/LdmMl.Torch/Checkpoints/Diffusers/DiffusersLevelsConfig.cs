using System.Text.Json.Serialization;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>What the KL and the VQ autoencoder have in common: encoder and decoder of several levels.</summary>
internal abstract record DiffusersLevelsConfig : DiffusersAutoencoderConfig
{
    public IReadOnlyList<string> DownBlockTypes { get; init; } = ["DownEncoderBlock2D"];

    public IReadOnlyList<string> UpBlockTypes { get; init; } = ["UpDecoderBlock2D"];

    public IReadOnlyList<int> BlockOutChannels { get; init; } = [64];

    public int LayersPerBlock { get; init; } = 1;

    public string ActFn { get; init; } = "silu";

    public int NormNumGroups { get; init; } = 32;

    public int SampleSize { get; init; } = 32;

    public double ScalingFactor { get; init; } = 0.18215;

    public bool MidBlockAddAttention { get; init; } = true;

    /// <summary>Gets what diffusers has no key for.</summary>
    [JsonPropertyName("_ldmml")]
    public LibraryExtras? Extras { get; init; }
}
