using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>The text encoders of a folder in diffusers' layout.</summary>
internal sealed class TextEncoderFolder(string folder) : ITextFiles
{
    public string Source => folder;

    /// <summary>Reads them.</summary>
    /// <exception cref="CheckpointException">Something is missing, damaged or not supported.</exception>
    public static TextEncoderCheckpoint Read(string folder, TextEncoderLoadOptions options)
    {
        if (!Directory.Exists(folder))
            throw new CheckpointException(folder, "there is no such folder.");
        var index = DiffusersFolder.ReadIndex(folder);
        return TextEncoderReading.Read(new TextEncoderFolder(folder), index, options)
            ?? throw new CheckpointException(folder, $"its {DiffusersFolder.IndexName} names no text encoder; this model is not conditioned on text.");
    }

    public bool Has(string component) => true;

    public T ReadConfig<T>(string name, Func<Stream, T> read)
    {
        var path = Path.Combine(folder, name);
        return CheckpointErrors.Translate(path, () =>
        {
            using var stream = File.OpenRead(path);
            return read(stream);
        });
    }

    public StateDictionary ReadWeights(string component) => DiffusersFolder.ReadWeights(Path.Combine(folder, component));

    public TokenizerFiles ReadTokenizer(string component, IReadOnlyList<string>? names) => TokenizerFiles.Read(Path.Combine(folder, component));
}
