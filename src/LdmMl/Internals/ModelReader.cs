using Microsoft.ML;

namespace LdmMl.Internals;

/// <summary>Reads what a <see cref="ModelWriter"/> wrote, in the same order.</summary>
internal sealed class ModelReader(ModelLoadContext context)
{
    public string ReadString() => context.LoadNonEmptyString();

    public string? ReadOptionalString() => context.LoadStringOrNull();

    public int ReadInt32() => context.Reader.ReadInt32();

    public bool ReadBoolean() => context.Reader.ReadBoolean();

    public double ReadDouble() => context.Reader.ReadDouble();

    /// <exception cref="FormatException">The name is not a member of the enumeration.</exception>
    public TEnum ReadEnum<TEnum>()
        where TEnum : struct, Enum
    {
        string name = ReadString();
        return Enum.TryParse(name, out TEnum value) && Enum.IsDefined(value)
            ? value
            : throw new FormatException($"The model file says {name}, which is no {typeof(TEnum).Name}: it was written by a newer version, or is damaged.");
    }

    /// <exception cref="FormatException">The file is not there.</exception>
    public void ReadStream(string name, Action<Stream> read)
    {
        if (!context.TryLoadBinaryStream(name, reader => read(reader.BaseStream)))
            throw new FormatException($"The model file lacks the stream '{name}'.");
    }
}
