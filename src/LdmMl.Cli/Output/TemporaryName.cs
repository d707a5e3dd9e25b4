namespace LdmMl.Cli.Output;

/// <summary>
/// Names for files that are being written: in their final folder, hidden, and short whatever the file is called, so that any
/// name that the file system takes can be written.
/// </summary>
internal static class TemporaryName
{
    /// <summary>What finds the files that a killed run left.</summary>
    public const string Pattern = ".ldmml-*.tmp";

    /// <summary>Creates a unique name.</summary>
    public static string Beside(string path) => Path.Combine(Path.GetDirectoryName(path) ?? "", $".ldmml-{Guid.NewGuid():N}.tmp");
}
