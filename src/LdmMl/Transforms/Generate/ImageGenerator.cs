using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Torch.Generation;
using Microsoft.ML.Runtime;

namespace LdmMl.Transforms.Generate;

/// <summary>What the transformers that generate have in common: model, columns, and how they are stored.</summary>
internal sealed class ImageGenerator : IDisposable
{
    private readonly HeldModel<LatentDiffusionModel> model;

    /// <param name="environment">The environment.</param>
    /// <param name="model">The model, of which this opens a handle of its own.</param>
    /// <param name="options">The columns and settings.</param>
    /// <param name="holder">The name of the transformer, for messages.</param>
    /// <param name="throwIfCanceled">Called between batches and between the steps of sampling.</param>
    public ImageGenerator(
        IHostEnvironment environment, LatentDiffusionModel model, GenerateImagesOptions options, string holder, Action throwIfCanceled)
    {
        Options = options;
        this.model = new HeldModel<LatentDiffusionModel>(DeviceChoice.Open(model, options, environment), holder);
        Columns = new GenerateImagesColumns(Model.Config, Model.Autoencoder.Config, options);
        Computer = new BatchComputer(
            options.BatchSize, options.Prefetch, throwIfCanceled,
            (row, activeOutputs) => new GenerateImagesRunner(Model.Share(), row, Columns, options, activeOutputs, throwIfCanceled));
    }

    public GenerateImagesOptions Options { get; }

    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public LatentDiffusionModel Model => model.Value;

    public GenerateImagesColumns Columns { get; }

    public BatchComputer Computer { get; }

    /// <summary>Reads a model and creates the transformer that holds it; the transformers of a chain share one network.</summary>
    public static TTransformer Read<TTransformer>(ModelReader reader, Func<LatentDiffusionModel, GenerateImagesOptions, TTransformer> create)
        where TTransformer : IModelHolder<LatentDiffusionModel>
    {
        var options = reader.ReadOptions(OptionsJson.Default.GenerateImagesOptions, PositionalOptions.ReadGeneration);
        return SharedModelEntry.Read(
            reader,
            held => held.Share(),
            folder => LatentDiffusionModel.Read((name, read) => reader.ReadFile(folder, NameOf(name), read), "the model file"),
            (LatentDiffusionModel model) => create(model, options));
    }

    public void Write(ModelWriter writer)
    {
        var options = Options with { Precision = Model.Precision, Convolutions = Model.Convolutions };
        writer.WriteOptions(options, OptionsJson.Default.GenerateImagesOptions);
        writer.WriteShared(
            "LdmMlLatentDiffusion",
            (Model.Network, Model.Autoencoder.Network, Model.Config, Model.Autoencoder.Config),
            folder => Model.Write((name, write) => writer.WriteFile(folder, NameOf(name), write)));
    }

    public void Dispose() => model.Dispose();

    // Model files of ML.NET have folders of one level.
    private static string NameOf(string path) => path.Replace('/', '.');
}
