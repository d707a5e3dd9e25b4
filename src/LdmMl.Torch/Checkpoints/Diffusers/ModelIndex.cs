using System.Text.Json;
using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>The <c>model_index.json</c> of a folder: which components are next to it.</summary>
/// <param name="PythonClass">The pipeline's Python class.</param>
/// <param name="Components">The Python class of each component, by the name of its folder.</param>
/// <param name="Extras">This library's additions for a whole diffusion model, which diffusers ignores; null for other models.</param>
internal sealed record ModelIndex(string PythonClass, IReadOnlyDictionary<string, string> Components, JsonObject? Extras = null)
{
    /// <summary>The key that names the class.</summary>
    public const string ClassNameKey = "_class_name";

    /// <summary>The key of this library's additions.</summary>
    public const string ExtrasKey = "_ldmml";

    /// <summary>Gets the parts that the pipeline's class expects and the folder does not have.</summary>
    public IEnumerable<string> Absent { get; init; } = [];

    /// <summary>Gets the other arguments of the pipeline's class, such as <c>force_zeros_for_empty_prompt</c>.</summary>
    public IReadOnlyDictionary<string, JsonNode> Options { get; init; } = new Dictionary<string, JsonNode>();

    /// <summary>Gets a Boolean argument of the pipeline's class.</summary>
    public bool? Flag(string name) => Options.TryGetValue(name, out var node) && node.GetValueKind() is JsonValueKind.True or JsonValueKind.False
        ? Options[name].GetValue<bool>()
        : null;

    /// <summary>Gets an integer argument of the pipeline's class.</summary>
    public int? Number(string name) => Options.TryGetValue(name, out var node) && node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    /// <summary>Gets the folder of the autoencoder: <c>vae</c>, or <c>vqvae</c> in pipelines of latent diffusion without text.</summary>
    public string AutoencoderFolder =>
        !Components.ContainsKey(DiffusersFolder.AutoencoderName) && Components.ContainsKey(DiffusersFolder.OlderAutoencoderName)
            ? DiffusersFolder.OlderAutoencoderName
            : DiffusersFolder.AutoencoderName;

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">It is not a JSON object.</exception>
    public static ModelIndex Read(Stream stream)
    {
        var json = JsonFile.Read(stream);
        var components = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in json)
        {
            if (value is JsonArray { Count: 2 } pair && pair[1] is JsonValue pythonClass && pythonClass.GetValueKind() == JsonValueKind.String)
                components.Add(name, pythonClass.GetValue<string>());
        }

        return new ModelIndex((json[ClassNameKey] as JsonValue)?.ToString() ?? "", components, json[ExtrasKey] as JsonObject)
        {
            Options = json.Where(pair => pair.Value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number)
                .ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal),
        };
    }

    /// <summary>Writes the file.</summary>
    public void Write(Stream stream)
    {
        var json = new JsonObject { [ClassNameKey] = PythonClass, ["_diffusers_version"] = DiffusersFolder.Version };
        foreach (var (name, pythonClass) in Components)
            json.Add(name, new JsonArray(LibraryOf(pythonClass), pythonClass));
        foreach (var name in Absent)
            json.Add(name, new JsonArray(null, null));
        foreach (var (name, value) in Options)
            json.Add(name, value.DeepClone());
        if (Extras is not null)
            json.Add(ExtrasKey, Extras.DeepClone());
        JsonFile.Write(stream, json);
    }

    // Text encoders and tokenizers are transformers' classes; LDMBert is found in the module of its pipeline.
    private static string LibraryOf(string pythonClass) => pythonClass switch
    {
        "LDMBertModel" => "latent_diffusion",
        _ when pythonClass.StartsWith("CLIP", StringComparison.Ordinal) || pythonClass.EndsWith("Tokenizer", StringComparison.Ordinal) => "transformers",
        _ => "diffusers",
    };
}
