using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.ML;

namespace LdmMl.Internals;

/// <summary>Reads what a <see cref="ModelWriter"/> wrote, and the sequences of values that LdmMl 0.1 wrote.</summary>
internal sealed class ModelReader(ModelLoadContext context)
{
    /// <summary>Gets the version of the transformer's content.</summary>
    public uint Version => context.Header.ModelVerWritten;

    /// <summary>Reads the options.</summary>
    /// <param name="type">Their type in the JSON object that a <see cref="ModelWriter"/> writes.</param>
    /// <param name="readPositional">Reads them from a file of LdmMl 0.1, which stores them as a sequence of values.</param>
    /// <exception cref="FormatException">They were written by a newer version, or are damaged.</exception>
    public T ReadOptions<T>(JsonTypeInfo<T> type, Func<ModelReader, T> readPositional)
    {
        if (Version < StoredModelKind.WithJson)
            return readPositional(this);
        try
        {
            return JsonSerializer.Deserialize(ReadString(), type) ?? throw new FormatException("The model file lacks a transformer's options.");
        }
        catch (JsonException exception)
        {
            throw new FormatException(
                $"The options in the model file were written by a newer version, or are damaged: {exception.Message}", exception);
        }
    }

    public string ReadString() => context.LoadNonEmptyString();

    public string? ReadOptionalString() => context.LoadStringOrNull();

    public int ReadInt32() => context.Reader.ReadInt32();

    public bool ReadBoolean() => context.Reader.ReadBoolean();

    public double ReadDouble() => context.Reader.ReadDouble();

    /// <exception cref="FormatException">The name is not a member of the enumeration.</exception>
    public TEnum ReadEnum<TEnum>()
        where TEnum : struct, Enum =>
        ParseEnum<TEnum>(ReadString());

    /// <exception cref="FormatException">The name is not a member of the enumeration.</exception>
    public static TEnum ParseEnum<TEnum>(string name)
        where TEnum : struct, Enum =>
        Enum.TryParse(name, out TEnum value) && Enum.IsDefined(value)
            ? value
            : throw new FormatException(
                $"The model file says {name}, which is not a {typeof(TEnum).Name}: it was written by a newer version, or is damaged.");

    /// <summary>Reads something that other transformers in the same model file may share.</summary>
    /// <param name="open">Opens another handle to what one of them holds; null if it was released.</param>
    /// <param name="read">Reads its files from the folder given, by <see cref="ReadFile"/>.</param>
    /// <param name="folder">Its folder.</param>
    public T ReadShared<T>(Func<T, T?> open, Func<string, T> read, out string folder)
        where T : class
    {
        folder = ReadString();
        return SharedEntries.Find(context.Repository, folder) is T held && open(held) is { } opened ? opened : read(folder);
    }

    /// <summary>Lets transformers that are read later share what this one has read.</summary>
    public void Hold(string folder, object value) => SharedEntries.Hold(context.Repository, folder, value);

    /// <exception cref="FormatException">The file does not exist.</exception>
    public void ReadFile(string folder, string name, Action<Stream> read)
    {
        using var entry = context.Repository.OpenEntryOrNull(folder, name)
            ?? throw new FormatException($"The model file lacks '{folder}/{name}'.");
        read(entry.Stream);
    }
}
