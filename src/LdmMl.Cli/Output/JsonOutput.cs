using System.Text.Json;
using System.Text.Json.Serialization;

namespace LdmMl.Cli.Output;

/// <summary>Results for machines: one JSON document, written whole or not at all.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,   // the PSNR of equal images is infinite
        WriteIndented = true,
    };

    public static void Write(FileInfo? file, object result)
    {
        if (file is not null)
            OutputFile.Write(file, JsonSerializer.Serialize(result, Options) + "\n");
    }
}
