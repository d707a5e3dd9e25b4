using LdmMl.Autoencoders;
using LdmMl.Batching;
using LdmMl.Internals;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>A transformer that holds an autoencoder: a handle of its own, so that the caller's may be disposed before it.</summary>
public abstract class AutoencoderTransformer : BatchTransformer
{
    private readonly AutoencoderModel _model;
    private bool _disposed;

    private protected AutoencoderTransformer(IHostEnvironment environment, string name, AutoencoderModel model, AutoencoderTransformOptions options)
        : base(environment, name)
    {
        Config = model.Config;
        Batching = new BatchSettings(options.BatchSize, options.Prefetch);
        _model = DeviceChoice.Open(model, options, environment);
    }

    internal override BatchSettings Batching { get; }

    /// <summary>Gets the handle that this transformer holds.</summary>
    /// <exception cref="ObjectDisposedException">This transformer is disposed.</exception>
    internal AutoencoderModel Model => !_disposed
        ? _model
        : throw new ObjectDisposedException(
            GetType().Name, "This transformer is disposed. A PredictionEngine disposes its transformer with itself, unless its options say OwnsTransformer = false.");

    private protected AutoencoderConfig Config { get; }

    /// <summary>Opens a handle for a cursor: it keeps the weights even when this transformer is disposed meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">This transformer is disposed.</exception>
    private protected AutoencoderModel OpenModel() => Model.Share();

    /// <inheritdoc/>
    private protected override void Dispose(bool disposing)
    {
        _disposed = true;
        if (disposing)
            _model.Dispose();
        base.Dispose(disposing);
    }

    private protected void WriteModel(ModelWriter writer) => StoredAutoencoder.Write(writer, Model);
}
