using System.Text.Json.Serialization;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>
/// The <c>config.json</c> of an autoencoder in diffusers' layout. Property names are its keys in snake case;
/// the defaults are those of diffusers, which leaves keys out of older files.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = ClassNameKey, UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(DiffusersKlConfig), DiffusersKlConfig.ClassName)]
[JsonDerivedType(typeof(DiffusersVqConfig), DiffusersVqConfig.ClassName)]
[JsonDerivedType(typeof(DiffusersTinyConfig), DiffusersTinyConfig.ClassName)]
internal abstract record DiffusersAutoencoderConfig
{
    /// <summary>The key that names the Python class.</summary>
    public const string ClassNameKey = "_class_name";

    /// <summary>Gets the version of diffusers whose keys the file has.</summary>
    [JsonPropertyName("_diffusers_version")]
    public string? DiffusersVersion { get; init; }

    public int InChannels { get; init; } = 3;

    public int OutChannels { get; init; } = 3;

    public int LatentChannels { get; init; } = 4;

    public bool ForceUpcast { get; init; }

    /// <summary>Gets the Python class.</summary>
    [JsonIgnore]
    public abstract string PythonClass { get; }
}
