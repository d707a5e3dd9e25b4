using Microsoft.ML.Data;

namespace LdmMl.Cli.Output;

/// <summary>Images on disk, whole or not at all.</summary>
internal static class PngFile
{
    public static void Save(MLImage image, string path)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp.png";   // ML.NET tells the format by the ending
        image.Save(temporary);
        File.Move(temporary, path, overwrite: true);
    }
}
