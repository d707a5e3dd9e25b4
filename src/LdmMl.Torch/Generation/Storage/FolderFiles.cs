using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text.Storage;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>A folder in diffusers' layout.</summary>
internal sealed class FolderFiles(string folder) : IModelFiles
{
    public string Source => folder;

    public AutoencoderModel OpenAutoencoder(string component) => AutoencoderModel.Load(folder);

    public bool Has(string component) => Directory.Exists(Path.Combine(folder, component));

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
