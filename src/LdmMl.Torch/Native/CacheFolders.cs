namespace LdmMl.Torch.Native;

/// <summary>Cache folders of the user, for files that can be created or downloaded again; the preferred one first.</summary>
internal static class CacheFolders
{
    /// <summary>The variable that names a cache folder for this library alone.</summary>
    public const string Variable = "LDMML_CACHE";

    /// <summary>Lists the folders in which a kind of files can be kept; whether one can be written shows when it is tried.</summary>
    /// <param name="kind">The name of the folder of these files.</param>
    public static IEnumerable<string> Candidates(string kind) => Candidates(kind, Environment.GetEnvironmentVariable);

    internal static IEnumerable<string> Candidates(string kind, Func<string, string?> variable)
    {
        if (variable(Variable) is { Length: > 0 } own)
            yield return Path.Combine(own, kind);
        if (variable("XDG_CACHE_HOME") is { Length: > 0 } cache)
            yield return Path.Combine(cache, "ldmml", kind);
        if (OperatingSystem.IsWindows() && Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) is { Length: > 0 } local)
            yield return Path.Combine(local, "ldmml", kind);
        if (variable("HOME") is { Length: > 0 } home)
            yield return Path.Combine(home, ".cache", "ldmml", kind);

        // The temporary folder is shared by all users, so each gets a folder named after them: files of other users are not trusted.
        yield return Path.Combine(Path.GetTempPath(), $"ldmml-{Environment.UserName}", kind);
    }
}
