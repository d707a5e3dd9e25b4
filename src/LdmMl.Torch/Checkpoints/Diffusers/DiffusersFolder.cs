using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Checkpoints.Safetensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>
/// Folders in diffusers' layout: <c>model_index.json</c>, and a folder with <c>config.json</c> and weights for each component.
/// The autoencoder is <c>vae</c>, or <c>vqvae</c> in older pipelines.
/// </summary>
internal static class DiffusersFolder
{
    /// <summary>The version of diffusers whose keys are written.</summary>
    public const string Version = "0.21.4";

    /// <summary>The name of a component's configuration.</summary>
    public const string ConfigName = "config.json";

    /// <summary>The name of a component's weights.</summary>
    public const string WeightsName = "diffusion_pytorch_model.safetensors";

    /// <summary>The name of the file that lists a folder's components.</summary>
    public const string IndexName = "model_index.json";

    /// <summary>The name of the autoencoder's folder.</summary>
    public const string AutoencoderName = "vae";

    /// <summary>The name of the autoencoder's folder in pipelines of latent diffusion without text.</summary>
    public const string OlderAutoencoderName = "vqvae";

    private static readonly string[] AutoencoderNames = [AutoencoderName, OlderAutoencoderName];

    /// <summary>Finds the autoencoder's own folder: the folder itself, or its <c>vae</c> or <c>vqvae</c>.</summary>
    /// <returns>The folder, or null if none of them has a <c>config.json</c>.</returns>
    public static string? FindAutoencoder(string folder)
    {
        var own = AutoencoderNames.Select(name => Path.Combine(folder, name));

        // A whole model may have a config.json of its own, which is not the autoencoder's.
        var candidates = HasIndex(folder) ? own.Prepend(Path.Combine(folder, ReadIndex(folder).AutoencoderFolder)).Append(folder) : own.Prepend(folder);
        return candidates.FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, ConfigName)));
    }

    /// <summary>Reads a component's weights from whichever of the usual files is present.</summary>
    /// <param name="own">The component's own folder.</param>
    /// <returns>The weights under the file's keys; the caller disposes them.</returns>
    /// <exception cref="CheckpointException">There are none, or they are damaged.</exception>
    public static StateDictionary ReadWeights(string own) => WeightFiles.Read(own);

    /// <summary>Determines whether a folder holds a whole pipeline.</summary>
    public static bool HasIndex(string folder) => File.Exists(Path.Combine(folder, IndexName));

    /// <summary>Reads a component's <c>config.json</c>.</summary>
    /// <param name="own">The component's own folder.</param>
    /// <exception cref="CheckpointException">It is missing or damaged.</exception>
    public static ConfigMap ReadConfig(string own)
    {
        var path = Path.Combine(own, ConfigName);
        return CheckpointErrors.Translate(path, () =>
        {
            using var stream = File.OpenRead(path);
            return new ConfigMap(JsonFile.Read(stream));
        });
    }

    /// <summary>Reads a folder's <c>model_index.json</c>.</summary>
    /// <exception cref="CheckpointException">It is missing or damaged.</exception>
    public static ModelIndex ReadIndex(string folder) => CheckpointErrors.Translate(Path.Combine(folder, IndexName), () =>
    {
        using var stream = File.OpenRead(Path.Combine(folder, IndexName));
        return ModelIndex.Read(stream);
    });

    /// <summary>
    /// Writes <c>model_index.json</c> and <c>vae/</c>. A new folder is written atomically; in an existing folder each file is replaced
    /// atomically, the weights first, and everything else in it is kept.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="config">The content of <c>config.json</c>; its class is the one that the index names.</param>
    /// <param name="weights">The weights under diffusers' keys.</param>
    public static void WriteAutoencoder(string folder, JsonObject config, StateDictionary weights) =>
        AtomicFolder.Write(folder, target =>
        {
            var own = Directory.CreateDirectory(Path.Combine(target, AutoencoderName)).FullName;
            AtomicFile.Write(Path.Combine(own, WeightsName), stream => WriteWeights(stream, weights));
            AtomicFile.Write(Path.Combine(own, ConfigName), stream => JsonFile.Write(stream, config));
            var components = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [AutoencoderName] = config[ModelIndex.ClassNameKey]!.GetValue<string>(),
            };
            AtomicFile.Write(Path.Combine(target, IndexName), new ModelIndex("DiffusionPipeline", components).Write);
        });

    /// <summary>Writes the weights of a component.</summary>
    public static void WriteWeights(Stream stream, StateDictionary weights) => WriteWeights(stream, weights, weights.WrittenType);

    /// <summary>Writes some of the weights of a component.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="type">The number format that floating-point weights are converted to; null for the one they have.</param>
    public static void WriteWeights(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> weights, ScalarType? type) =>
        SafetensorsWriter.Write(stream, weights, new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt" }, type);
}
