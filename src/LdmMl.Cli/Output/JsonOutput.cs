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

    /// <summary>Finds out before any work whether the file can be written.</summary>
    /// <exception cref="IOException">It cannot; the message says why and what to do.</exception>
    public static void Check(FileInfo? file)
    {
        if (file is null)
            return;
        if (Directory.Exists(file.FullName))
            throw new IOException($"--json is '{file}', which is a folder; name a file.");
        OutputFolder.Check("--json", file.Directory!);
    }

    public static void Write(FileInfo? file, object result)
    {
        if (file is null)
            return;
        var temporary = $"{file.FullName}.{Environment.ProcessId}.tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(result, Options) + "\n");
        File.Move(temporary, file.FullName, overwrite: true);
    }
}
