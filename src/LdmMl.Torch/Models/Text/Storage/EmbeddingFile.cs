using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.PyTorch;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>
/// A textual inversion (Gal et al. 2022): a word and its learned vectors. Reads the files of diffusers (one tensor, whose key is the word),
/// of AUTOMATIC1111 (<c>string_to_param</c>, <c>emb_params</c>) and of SDXL (<c>clip_l</c>, <c>clip_g</c>). Owns its tensors.
/// </summary>
internal sealed class EmbeddingFile : IDisposable
{
    private const string OldVectors = "string_to_param.";
    private const string NamelessVectors = "emb_params";

    // In the order of the encoders.
    private static readonly string[] OfEncoders = ["clip_l", "clip_g"];

    private readonly StateDictionary weights;
    private readonly IReadOnlyList<string> keys;

    private EmbeddingFile(string path, string word, StateDictionary weights, IReadOnlyList<string> keys) =>
        (Path, Word, this.weights, this.keys) = (path, word, weights, keys);

    /// <summary>Gets the path of the file.</summary>
    public string Path { get; }

    /// <summary>Gets the word.</summary>
    public string Word { get; }

    /// <summary>Gets the number of encoders for which it has vectors.</summary>
    public int Encoders => keys.Count;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="word">The word; null for the one stored in the file, or else the file's name.</param>
    /// <exception cref="CheckpointException">It cannot be read, or is not a textual inversion.</exception>
    public static EmbeddingFile Read(string path, string? word)
    {
        var weights = StateDictionary.Read(path);
        try
        {
            return CheckpointErrors.Translate(path, () =>
            {
                var keys = Keys([.. weights.Keys]);
                foreach (var key in keys)
                    Check(key, weights[key]);
                return new EmbeddingFile(path, word ?? WordOf(path, weights, keys[0]), weights, keys);
            });
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Returns the vectors for one of the encoders, [vectors, width], float32; the caller disposes them.</summary>
    public Tensor Rows(int encoder)
    {
        using var scope = NewDisposeScope();
        var stored = weights[keys[encoder]];
        return scope.MoveToOuter(stored.reshape(-1, stored.shape[^1]).to(ScalarType.Float32, copy: true));
    }

    public void Dispose() => weights.Dispose();

    private static string[] Keys(string[] all) => all switch
    {
        [_] => all,
        [_, _] when all.Order().SequenceEqual(OfEncoders.Order()) => OfEncoders,
        _ => throw new InvalidDataException(
            $"it is not a textual inversion: it has {all.Length} tensors, such as '{all[0]}'; one is needed, or '{OfEncoders[0]}' and '{OfEncoders[1]}'."),
    };

    private static string WordOf(string path, StateDictionary weights, string key) =>
        key.StartsWith(OldVectors, StringComparison.Ordinal) && weights.Metadata.TryGetValue(EmbeddingName.Key, out var name) ? name
        : key.StartsWith(OldVectors, StringComparison.Ordinal) || key == NamelessVectors || OfEncoders.Contains(key)
            ? System.IO.Path.GetFileNameWithoutExtension(path)
            : key;

    private static void Check(string key, Tensor vectors)
    {
        using var scope = NewDisposeScope();
        if (vectors.dim() is not (1 or 2) || !vectors.is_floating_point() || vectors.numel() == 0)
            throw new InvalidDataException($"it is not a textual inversion: '{key}' is {vectors.ShapeText()}; it must be a vector, or a matrix of one vector per row.");
        if (!vectors.isfinite().all().Read<bool>())
            throw new InvalidDataException($"'{key}' contains numbers that are not finite; the file is damaged.");
    }
}
