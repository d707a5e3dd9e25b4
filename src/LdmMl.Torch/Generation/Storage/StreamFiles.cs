using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text.Storage;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>The files written by <see cref="ModelWriting"/>, as streams of a container.</summary>
/// <param name="readFile">Opens a file by its name and passes the stream to the reader.</param>
/// <param name="source">The container's name in messages.</param>
internal sealed class StreamFiles(Action<string, Action<Stream>> readFile, string source) : IModelFiles
{
    public string Source => source;

    public AutoencoderModel OpenAutoencoder(string component)
    {
        using var config = new MemoryStream();
        readFile(ModelFileNames.Config(component), stream => stream.CopyTo(config));
        config.Position = 0;
        return Read(ModelFileNames.Weights(component), weights => AutoencoderModel.Read(config, weights, source));
    }

    public bool Has(string component) => true;

    public T ReadConfig<T>(string name, Func<Stream, T> read) => CheckpointErrors.Translate($"{source}: {name}", () => Read(name, read));

    public StateDictionary ReadWeights(string component) =>
        Read(ModelFileNames.WeightsOf(component), stream => SafetensorsFile.Read(stream, $"{source}: {component}"));

    public TokenizerFiles ReadTokenizer(string component, IReadOnlyList<string>? names) =>
        TokenizerFiles.Read($"{source}: {component}", name => names?.Contains(name) == true ? Read($"{component}/{name}", Copied) : null);

    private static MemoryStream Copied(Stream stream)
    {
        var copy = new MemoryStream();
        stream.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }

    private T Read<T>(string name, Func<Stream, T> read)
    {
        T? result = default;
        readFile(name, stream => result = read(stream));
        return result!;
    }
}
