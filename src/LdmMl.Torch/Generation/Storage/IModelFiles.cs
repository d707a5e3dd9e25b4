using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>The files of a stored model: a folder in diffusers' layout, or the streams of a model file.</summary>
internal interface IModelFiles
{
    /// <summary>Gets their name in messages.</summary>
    string Source { get; }

    /// <summary>Opens the first stage.</summary>
    /// <param name="component">Its folder.</param>
    AutoencoderModel OpenAutoencoder(string component);

    /// <summary>Reads a configuration.</summary>
    /// <param name="name">The file, relative to the model: <c>unet/config.json</c>.</param>
    /// <param name="read">Reads it; throws <see cref="InvalidDataException"/> without the file's name.</param>
    /// <exception cref="CheckpointException">The file is missing or damaged.</exception>
    T ReadConfig<T>(string name, Func<Stream, T> read);

    /// <summary>Reads the weights of a component.</summary>
    /// <param name="component">The component's folder.</param>
    /// <returns>The weights under the file's keys; the caller disposes them.</returns>
    /// <exception cref="CheckpointException">They are missing or damaged.</exception>
    StateDictionary ReadWeights(string component);
}
