using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.ML;

namespace LdmMl.Internals;

/// <summary>Writes a transformer's options and models into its folder of a model file.</summary>
internal sealed class ModelWriter
{
    private readonly ModelSaveContext context;

    private ModelWriter(ModelSaveContext context) => this.context = context;

    /// <summary>Writes one transformer: its kind, then what <paramref name="write"/> writes.</summary>
    public static void Save(ModelSaveContext context, StoredModelKind kind, Action<ModelWriter> write)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel();
        context.SetVersionInfo(kind.ToVersionInfo());
        write(new ModelWriter(context));
    }

    /// <summary>Writes the options, as one JSON object.</summary>
    public void WriteOptions<T>(T options, JsonTypeInfo<T> type) => context.SaveNonEmptyString(JsonSerializer.Serialize(options, type));

    /// <summary>Writes something that other transformers in the same model file may share, and a reference to it.</summary>
    /// <param name="prefix">The prefix of its folder's name.</param>
    /// <param name="key">Equal for equal things.</param>
    /// <param name="write">Writes its files into the folder given, by <see cref="WriteFile"/>.</param>
    public void WriteShared(string prefix, object key, Action<string> write) =>
        context.SaveNonEmptyString(SharedEntries.Write(context.Repository, prefix, key, write));

    /// <summary>Writes a file of the model file.</summary>
    public void WriteFile(string folder, string name, Action<Stream> write)
    {
        using var entry = context.Repository.CreateEntry(folder, name);
        write(entry.Stream);
    }
}
