using LdmMl.Batching;
using LdmMl.Generation;
using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Schemas;
using LdmMl.Torch.Generation;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>A transformer that generates images with a latent diffusion model.</summary>
/// <remarks>
/// A row's image comes from its seed and from what the row tells the model, and is the same to the last bit for every batch size, order and pass,
/// and however many threads read. (Another number of libtorch's own threads moves the last bits of latents.) Where an image to begin with, its mask,
/// or tokens are missing, the image is null and the latent NaN. Images live until the cursor's next row: whoever keeps one copies it.
/// </remarks>
public abstract class LatentDiffusionTransformer : ModelTransformer<LatentDiffusionModel>
{
    private readonly GenerationColumns columns;

    private protected LatentDiffusionTransformer(
        IHostEnvironment environment, string name, LatentDiffusionModel model, GenerateImagesOptions options)
        : base(environment, name, DeviceChoice.Open(model, options, environment), options)
    {
        Options = options;
        columns = new GenerationColumns(Model.Config, Model.Autoencoder.Config, options);
    }

    /// <summary>Gets the columns and settings.</summary>
    internal GenerateImagesOptions Options { get; }

    internal override RowColumns Columns => columns;

    internal override BatchRunner ComputeBatches(DataViewRow input, IReadOnlyList<bool> activeOutputs, int capacity) =>
        new GenerationRunner(Model.Share(), input, Options, activeOutputs, capacity, () => MlHost.ThrowIfCanceled(Host));

    private protected sealed override void Write(ModelWriter writer)
    {
        StoredGeneration.WriteOptions(writer, Options with { Precision = Model.Precision, Convolutions = Model.Convolutions });
        StoredGeneration.WriteModel(writer, Model);
    }
}
