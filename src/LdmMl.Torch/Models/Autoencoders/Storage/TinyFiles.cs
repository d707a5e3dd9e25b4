using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;

namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>
/// The files of a tiny autoencoder: an encoder and a decoder side by side, each keyed as an <c>nn.Sequential</c>, or both in one file.
/// </summary>
internal static class TinyFiles
{
    private const string Encoder = "encoder";
    private const string Decoder = "decoder";
    private static readonly string[] Extensions = [".safetensors", ".pth", ".pt"];

    /// <summary>Determines whether keys are those of one part ("0.weight") or of both ("encoder.0.weight", "encoder.layers.0.weight").</summary>
    public static bool AreKeys(IEnumerable<string> keys) =>
        keys.Any(key => key.Split('.') is ["0" or "1", "weight"] or [Encoder, "0", "weight"] or [Encoder, "layers", "0", "weight"]);

    /// <summary>Finds the encoders in a folder.</summary>
    public static string[] FindEncoders(string folder) =>
        [.. Directory.EnumerateFiles(folder).Where(path => IsHalf(path, Encoder)).Order(StringComparer.Ordinal)];

    /// <summary>Reads both parts.</summary>
    /// <param name="path">Either part, or a file with both.</param>
    /// <exception cref="CheckpointException">The other part is missing, or the file is not a tiny autoencoder.</exception>
    public static AutoencoderCheckpoint Read(string path)
    {
        using var file = StateDictionary.Read(path);
        if (file.Keys.Any(key => key.StartsWith(Encoder + ".", StringComparison.Ordinal)))
            return Build(file.Rename(TinyKeyMap.ToTaesd), path);

        var half = IsHalf(path, Encoder) ? Encoder : IsHalf(path, Decoder) ? Decoder
            : throw new CheckpointException(path, "it is one part of a tiny autoencoder, but its name contains neither 'encoder' nor 'decoder'.");
        var otherHalf = half == Encoder ? Decoder : Encoder;
        var otherPath = OtherHalf(path, half, otherHalf);
        using var other = StateDictionary.Read(otherPath);
        var weights = new StateDictionary();
        foreach (var (name, part) in new[] { (half, file), (otherHalf, other) })
        {
            foreach (var (key, tensor) in part)
                weights.Add($"{name}.{key}", tensor.alias());
        }
        return Build(weights, path);
    }

    /// <summary>Infers the shape from the weights.</summary>
    /// <exception cref="InvalidDataException">They are not those of a tiny autoencoder.</exception>
    public static TinyAutoencoderConfig InferConfig(StateDictionary weights)
    {
        if (!weights.TryGetValue("encoder.0.weight", out var first) || !weights.TryGetValue("decoder.1.weight", out var last)
            || first.dim() != 4 || last.dim() != 4)
        {
            throw new InvalidDataException("it has no 'encoder.0.weight' and 'decoder.1.weight', with which a tiny autoencoder begins.");
        }

        return new TinyAutoencoderConfig
        {
            ImageChannels = (int)first.shape[1],
            Width = (int)first.shape[0],
            LatentChannels = (int)last.shape[1],
            MiddleNormalization = weights.Keys.Any(key => key.Contains(".pool.", StringComparison.Ordinal)),
        };
    }

    private static AutoencoderCheckpoint Build(StateDictionary weights, string path)
    {
        try
        {
            return new AutoencoderCheckpoint(CheckpointErrors.Translate(path, () => InferConfig(weights)), weights, path);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static bool IsHalf(string path, string half) =>
        Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) && Path.GetFileNameWithoutExtension(path).Contains(half, StringComparison.OrdinalIgnoreCase);

    // taesd_encoder.pth is next to taesd_decoder.pth or taesd_decoder.safetensors.
    private static string OtherHalf(string path, string half, string otherHalf)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var at = name.LastIndexOf(half, StringComparison.OrdinalIgnoreCase);
        var other = string.Concat(name.AsSpan(0, at), otherHalf, name.AsSpan(at + half.Length));
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Extensions.Prepend(Path.GetExtension(path)).Select(extension => Path.Combine(folder, other + extension)).FirstOrDefault(File.Exists)
            ?? throw new CheckpointException(
                path, $"a tiny autoencoder has two files, and '{other}{Path.GetExtension(path)}' is not next to this one.");
    }
}
