using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints.Configs;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>
/// The weights of a component in diffusers' layout: one file or several with an index, in full precision or as a variant
/// (<c>diffusion_pytorch_model.fp16.safetensors</c>).
/// </summary>
internal static class WeightFiles
{
    private const string Stem = "diffusion_pytorch_model";
    private const string IndexSuffix = ".index.json";

    // transformers names those of text encoders otherwise.
    private static readonly (string Stem, string Container)[] Files =
        [(Stem, "safetensors"), ("model", "safetensors"), (Stem, "bin"), ("pytorch_model", "bin")];

    // Full precision before half precision, and moving averages before the trained weights.
    private static readonly string[] Variants = ["", ".ema", ".non_ema", ".bf16", ".fp16"];

    /// <summary>Reads the weights from whichever of the usual files are present.</summary>
    /// <param name="folder">The component's own folder.</param>
    /// <returns>The weights under the file's keys; the caller disposes them.</returns>
    /// <exception cref="CheckpointException">There are none, or they are damaged.</exception>
    public static StateDictionary Read(string folder)
    {
        var path = Candidates().Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? throw Missing(folder);
        return Path.GetFileName(path).Contains(".index.", StringComparison.Ordinal) ? ReadParts(folder, path) : StateDictionary.Read(path);
    }

    // Depending on its version, diffusers puts the variant before or after the number of a shard.
    private static IEnumerable<string> Candidates() =>
        from variant in Variants
        from file in Files
        from name in new[]
        {
            $"{file.Stem}{variant}.{file.Container}",
            $"{file.Stem}.{file.Container}.index{variant}.json",
            $"{file.Stem}{variant}.{file.Container}{IndexSuffix}",
        }
        select name;

    private static StateDictionary ReadParts(string folder, string indexPath)
    {
        var parts = CheckpointErrors.Translate(indexPath, () => Parts(indexPath));
        var all = new StateDictionary();
        try
        {
            foreach (var part in parts)
            {
                using var weights = StateDictionary.Read(Path.Combine(folder, part));
                CheckpointErrors.Translate(indexPath, () => Add(all, weights, part));
            }

            return all;
        }
        catch
        {
            all.Dispose();
            throw;
        }
    }

    private static string[] Parts(string indexPath)
    {
        using var stream = File.OpenRead(indexPath);
        if (JsonFile.Read(stream)["weight_map"] is not JsonObject map || map.Count == 0)
            throw new InvalidDataException("it has no 'weight_map', which names the file of each weight.");
        var names = map.Select(pair => (pair.Value as JsonValue)?.ToString() ?? "").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        return Array.TrueForAll(names, IsFileName)
            ? names
            : throw new InvalidDataException($"its 'weight_map' names '{Array.Find(names, name => !IsFileName(name))}', which is not a file next to it.");
    }

    private static bool IsFileName(string name) => name.Length > 0 && name is not ("." or "..") && name.IndexOfAny(['/', '\\', ':']) < 0 && !name.Any(char.IsControl);

    private static bool Add(StateDictionary all, StateDictionary part, string name)
    {
        foreach (var (key, tensor) in part)
        {
            if (all.ContainsKey(key))
                throw new InvalidDataException($"'{key}' is in two of the files that it names; the second is '{name}'.");
            all.Add(key, tensor.alias());
        }

        return true;
    }

    private static CheckpointException Missing(string folder)
    {
        var found = Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal).ToArray() : [];
        var lies = found.Length == 0 ? "" : $" There are {string.Join(", ", found.Take(10))}{(found.Length > 10 ? ", ..." : "")}.";
        return new CheckpointException(
            folder, $"there are no weights; looked for {Stem}.safetensors and {Stem}.bin, model.safetensors and pytorch_model.bin, their parts (*{IndexSuffix}), "
            + $"and their variants ema, non_ema, bf16 and fp16.{lies}");
    }
}
