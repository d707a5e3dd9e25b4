using System.Text.Json.Serialization;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>The <c>config.json</c> of an <c>AutoencoderTiny</c>.</summary>
internal sealed record DiffusersTinyConfig : DiffusersAutoencoderConfig
{
    public const string ClassName = "AutoencoderTiny";

    public IReadOnlyList<int> EncoderBlockOutChannels { get; init; } = [64, 64, 64, 64];

    public IReadOnlyList<int> DecoderBlockOutChannels { get; init; } = [64, 64, 64, 64];

    public string ActFn { get; init; } = "relu";

    public string UpsampleFn { get; init; } = "nearest";

    public int UpsamplingScalingFactor { get; init; } = 2;

    public IReadOnlyList<int> NumEncoderBlocks { get; init; } = [1, 3, 3, 3];

    public IReadOnlyList<int> NumDecoderBlocks { get; init; } = [3, 3, 3, 1];

    public double LatentMagnitude { get; init; } = 3;

    public double LatentShift { get; init; } = 0.5;

    public double ScalingFactor { get; init; } = 1;

    public double ShiftFactor { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string PythonClass => ClassName;
}
