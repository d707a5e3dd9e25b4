using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LdmMl.Torch.Checkpoints.Configs;

/// <summary>JSON configurations, including those that Python writes.</summary>
internal static class JsonFile
{
    private const long LargestFile = 1 << 20;   // characters; published ones have some thousands

    private static readonly JsonWriterOptions Layout = new() { Indented = true };

    /// <summary>Reads a JSON object of a configuration's size.</summary>
    /// <exception cref="InvalidDataException">It is not one.</exception>
    public static JsonObject Read(Stream stream)
    {
        var text = PythonJson.Quoted(ReadText(stream));
        return Translate(() => JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject)
            ?? throw new InvalidDataException("it is not a JSON object.");
    }

    private static string ReadText(Stream stream)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        var text = new StringBuilder();
        Span<char> part = stackalloc char[1024];
        while (reader.Read(part) is > 0 and var length)
        {
            text.Append(part[..length]);
            if (text.Length > LargestFile)
                throw new InvalidDataException($"it has more than {LargestFile} characters, so it is not a configuration.");
        }

        return text.ToString();
    }

    /// <summary>Writes a JSON object.</summary>
    public static void Write(Stream stream, JsonObject json)
    {
        // Not by JsonSerializer, which needs reflection; a program may have disabled that.
        using var writer = new Utf8JsonWriter(stream, Layout);
        json.WriteTo(writer);
    }

    /// <summary>Runs a JSON reader, and translates its errors into a description of the problem.</summary>
    /// <exception cref="InvalidDataException">The JSON is not valid.</exception>
    public static T Translate<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"its JSON is not valid: {error.Message}", error);
        }
    }
}
