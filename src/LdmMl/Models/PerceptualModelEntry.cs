using LdmMl.Internals;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Models;

/// <summary>A perceptual model in a model file: the same single file that <c>Save</c> writes.</summary>
internal static class PerceptualModelEntry
{
    private const string FileName = "perceptual.safetensors";

    public static void Write(ModelWriter writer, PerceptualModel model) =>
        writer.WriteShared("LdmMlPerceptual", model.Network, folder => writer.WriteFile(folder, FileName, model.Write));

    /// <summary>Reads a model and creates the transformer that holds it; the transformers of a chain share one network.</summary>
    public static TTransformer Read<TTransformer>(ModelReader reader, Func<PerceptualModel, TTransformer> create)
        where TTransformer : ModelTransformer<PerceptualModel> =>
        SharedModelEntry.Read(reader, folder => ReadFile(reader, folder), create);

    private static PerceptualModel ReadFile(ModelReader reader, string folder)
    {
        PerceptualModel? model = null;
        reader.ReadFile(folder, FileName, stream => model = PerceptualModel.Read(stream, "the model file"));
        return model!;
    }
}
