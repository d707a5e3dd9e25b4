using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>Writes the files of a model: to a folder in diffusers' layout, or to a hash of their weights.</summary>
internal static class ModelFolder
{
    /// <summary>Writes a folder. A new folder is written atomically; in an existing one each file is replaced atomically.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="writeFiles">Writes the files through the given function, which takes a name and a writer of the content.</param>
    public static void Write(string folder, Action<Action<string, Action<Stream>>> writeFiles) => AtomicFolder.Write(folder, target => writeFiles((name, write) =>
    {
        var path = Path.Combine(target, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, write);

        // A single file of an earlier save would take precedence over the parts in the index.
        if (name.EndsWith(WeightShards.IndexSuffix, StringComparison.Ordinal))
            File.Delete(path[..^WeightShards.IndexSuffix.Length]);
    }));

    /// <summary>Computes the SHA-256 of the weight files only, as lowercase hexadecimal; no file is written.</summary>
    /// <param name="writeFiles">Writes the files, as for <see cref="Write"/>.</param>
    public static string HashWeights(Action<Action<string, Action<Stream>>> writeFiles) => WeightHash.Of(hash => writeFiles((name, write) =>
    {
        if (name.EndsWith(".safetensors", StringComparison.Ordinal))
            write(hash);
    }));
}
