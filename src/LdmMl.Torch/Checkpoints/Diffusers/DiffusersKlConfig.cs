using System.Text.Json.Serialization;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>The <c>config.json</c> of an <c>AutoencoderKL</c>.</summary>
internal sealed record DiffusersKlConfig : DiffusersLevelsConfig
{
    public const string ClassName = "AutoencoderKL";

    public double? ShiftFactor { get; init; }

    public bool UseQuantConv { get; init; } = true;

    public bool UsePostQuantConv { get; init; } = true;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string PythonClass => ClassName;
}
