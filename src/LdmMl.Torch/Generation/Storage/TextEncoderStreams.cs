using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Storage;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>A text encoder without a diffusion model, as the files of a folder in diffusers' layout, in a container of streams.</summary>
internal static class TextEncoderStreams
{
    // Not a pipeline of diffusers, because its other parts are missing.
    private const string ClassName = "TextEncoder";

    /// <summary>Writes the files, the index last.</summary>
    public static void Write(TextEncoderModel model, Action<string, Action<Stream>> writeFile)
    {
        model.Write(writeFile, StorageFormat.Float32);
        var components = new Dictionary<string, string>(StringComparer.Ordinal);
        var extras = new JsonObject();
        model.Describe(components, extras);
        writeFile(ModelFileNames.Index, new ModelIndex(ClassName, components, extras).Write);
    }

    /// <summary>Opens the files written by <see cref="Write"/>.</summary>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    public static TextEncoderModel Read(Action<string, Action<Stream>> readFile, string source)
    {
        var files = new StreamFiles(readFile, source);
        var index = files.ReadConfig(ModelFileNames.Index, ModelIndex.Read);
        using var stored = TextEncoderReading.Read(files, index, new TextEncoderLoadOptions())
            ?? throw new CheckpointException(source, "it names no text encoder.");
        return TextEncoderModel.Open(stored);
    }
}
