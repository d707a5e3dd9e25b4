using LdmMl.Internals;
using LdmMl.Torch.Generation;

namespace LdmMl.Models;

/// <summary>A latent diffusion model in a model file: the files of its folder, as streams.</summary>
internal static class LatentDiffusionEntry
{
    public static void Write(ModelWriter writer, LatentDiffusionModel model) => writer.WriteShared(
        "LdmMlLatentDiffusion",
        (model.Network, model.Autoencoder.Network, model.Config, model.Autoencoder.Config),
        folder => model.Write((name, write) => writer.WriteFile(folder, NameOf(name), write)));

    /// <summary>Reads a model and creates the transformer that holds it; the transformers of a chain share one network.</summary>
    public static TTransformer Read<TTransformer>(ModelReader reader, Func<LatentDiffusionModel, TTransformer> create)
        where TTransformer : ModelTransformer<LatentDiffusionModel> =>
        SharedModelEntry.Read(
            reader, folder => LatentDiffusionModel.Read((name, read) => reader.ReadFile(folder, NameOf(name), read), "the model file"), create);

    // Model files of ML.NET have folders of one level.
    private static string NameOf(string path) => path.Replace('/', '.');
}
