using Microsoft.ML;

namespace LdmMl.Internals;

/// <summary>Writes a transformer's settings and models into its folder of a model file.</summary>
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

    public void Write(string text) => context.SaveNonEmptyString(text);

    public void WriteOptional(string? text) => context.SaveStringOrNull(text);

    public void Write(int value) => context.Writer.Write(value);

    public void Write(bool value) => context.Writer.Write(value);

    public void Write(double value) => context.Writer.Write(value);

    public void Write<TEnum>(TEnum value)
        where TEnum : struct, Enum =>
        Write(value.ToString());

    /// <summary>Writes something that other transformers of the same model file may hold too, and where it lies.</summary>
    /// <param name="prefix">Begins the name of its folder.</param>
    /// <param name="key">Equal for equal things.</param>
    /// <param name="write">Writes its files into the folder given, by <see cref="WriteFile"/>.</param>
    public void WriteShared(string prefix, object key, Action<string> write) => Write(SharedEntries.Write(context.Repository, prefix, key, write));

    /// <summary>Writes a file of the model file.</summary>
    public void WriteFile(string folder, string name, Action<Stream> write)
    {
        using var entry = context.Repository.CreateEntry(folder, name);
        write(entry.Stream);
    }
}
