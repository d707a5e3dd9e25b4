using System.Text.Json.Serialization;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>The <c>config.json</c> of a <c>VQModel</c>.</summary>
internal sealed record DiffusersVqConfig : DiffusersLevelsConfig
{
    public const string ClassName = "VQModel";

    public int NumVqEmbeddings { get; init; } = 256;

    public int? VqEmbedDim { get; init; }

    public string NormType { get; init; } = "group";

    public bool LookupFromCodebook { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string PythonClass => ClassName;
}
