using LdmMl.Autoencoders;
using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>A transformer that holds an autoencoder.</summary>
public abstract class AutoencoderTransformer : ModelTransformer<AutoencoderModel>
{
    private protected AutoencoderTransformer(IHostEnvironment environment, string name, AutoencoderModel model, AutoencoderTransformOptions options)
        : base(environment, name, DeviceChoice.Open(model, options, environment), options) =>
        Config = model.Config;

    private protected AutoencoderConfig Config { get; }

    /// <summary>Opens a handle for a cursor: it keeps the weights even when this transformer is disposed meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">This transformer is disposed.</exception>
    private protected AutoencoderModel OpenModel() => Model.Share();

    private protected void WriteModel(ModelWriter writer) => StoredAutoencoder.Write(writer, Model);
}
