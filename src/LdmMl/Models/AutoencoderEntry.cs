using LdmMl.Internals;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Models;

/// <summary>An autoencoder in a model file: the two files of its folder, as streams.</summary>
internal static class AutoencoderEntry
{
    private const string ConfigName = "config.json";
    private const string WeightsName = "diffusion_pytorch_model.safetensors";

    public static void Write(ModelWriter writer, AutoencoderModel model) =>
        writer.WriteShared("LdmMlAutoencoder", (model.Network, model.Config), folder => WriteFiles(writer, model, folder));

    /// <summary>Reads an autoencoder and creates the transformer that holds it; the transformers of a chain share one network.</summary>
    public static TTransformer Read<TTransformer>(ModelReader reader, Func<AutoencoderModel, TTransformer> create)
        where TTransformer : ModelTransformer<AutoencoderModel> =>
        SharedModelEntry.Read(reader, folder => ReadFiles(reader, folder), create);

    private static void WriteFiles(ModelWriter writer, AutoencoderModel model, string folder)
    {
        using var config = new MemoryStream();
        writer.WriteFile(folder, WeightsName, weights => model.Write(config, weights));
        writer.WriteFile(folder, ConfigName, stream => stream.Write(config.GetBuffer(), 0, (int)config.Length));
    }

    private static AutoencoderModel ReadFiles(ModelReader reader, string folder)
    {
        using var config = new MemoryStream();
        reader.ReadFile(folder, ConfigName, stream => stream.CopyTo(config));
        config.Position = 0;
        AutoencoderModel? model = null;
        reader.ReadFile(folder, WeightsName, weights => model = AutoencoderModel.Read(config, weights, "the model file"));
        return model!;
    }
}
