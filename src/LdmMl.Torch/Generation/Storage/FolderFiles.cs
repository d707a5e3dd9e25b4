using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>A folder in diffusers' layout.</summary>
internal sealed class FolderFiles(string folder) : IModelFiles
{
    public string Source => folder;

    public AutoencoderModel OpenAutoencoder(string component) => AutoencoderModel.Load(folder);

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
}
