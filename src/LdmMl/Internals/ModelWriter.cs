using Microsoft.ML;

namespace LdmMl.Internals;

/// <summary>Writes a transformer's settings and models into its folder of a model file.</summary>
internal sealed class ModelWriter
{
    private readonly ModelSaveContext _context;

    private ModelWriter(ModelSaveContext context) => _context = context;

    /// <summary>Writes one transformer: its kind, then what <paramref name="write"/> writes.</summary>
    public static void Save(ModelSaveContext context, StoredModelKind kind, Action<ModelWriter> write)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel();
        context.SetVersionInfo(kind.ToVersionInfo());
        write(new ModelWriter(context));
    }

    public void Write(string text) => _context.SaveNonEmptyString(text);

    public void WriteOptional(string? text) => _context.SaveStringOrNull(text);

    public void Write(int value) => _context.Writer.Write(value);

    public void Write(bool value) => _context.Writer.Write(value);

    public void Write(double value) => _context.Writer.Write(value);

    public void Write<TEnum>(TEnum value)
        where TEnum : struct, Enum
        => Write(value.ToString());

    /// <summary>Writes a file of its own beside the settings.</summary>
    public void WriteStream(string name, Action<Stream> write) => _context.SaveBinaryStream(name, writer =>
    {
        writer.Flush();
        write(writer.BaseStream);
    });
}
