using LdmMl.Internals;
using LdmMl.Torch.Generation.Storage;
using LdmMl.Torch.Models.Text;

namespace LdmMl.Models;

/// <summary>A text encoder in a model file: the files of its folder, as streams.</summary>
internal static class TextEncoderEntry
{
    public static void Write(ModelWriter writer, TextEncoderModel model) => writer.WriteShared(
        "LdmMlTextEncoder", model.Networks, folder => TextEncoderStreams.Write(model, (name, write) => writer.WriteFile(folder, NameOf(name), write)));

    /// <summary>Reads an encoder and creates the transformer that holds it; the transformers of a chain share one network.</summary>
    public static TTransformer Read<TTransformer>(ModelReader reader, Func<TextEncoderModel, TTransformer> create)
        where TTransformer : ModelTransformer<TextEncoderModel> =>
        SharedModelEntry.Read(
            reader, folder => TextEncoderStreams.Read((name, read) => reader.ReadFile(folder, NameOf(name), read), "the model file"), create);

    // Model files of ML.NET have folders of one level.
    private static string NameOf(string path) => path.Replace('/', '.');
}
