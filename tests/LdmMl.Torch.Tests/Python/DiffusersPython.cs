using System.Diagnostics;

namespace LdmMl.Torch.Tests.Python;

/// <summary>A Python with diffusers, if there is one.</summary>
internal static class DiffusersPython
{
    public const string Variable = "LDMML_DIFFUSERS_PYTHON";

    /// <summary>Gets its path; null if the environment names none.</summary>
    public static string? Path => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? path : null;

    /// <summary>Runs a script passed on standard input, so that a Python in another root can run it too.</summary>
    /// <returns>The last line that it printed.</returns>
    public static string Run(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path!)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments.Prepend("-"))
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.StandardInput.Write(File.ReadAllText(script));
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return printed.TrimEnd().Split('\n')[^1];
    }
}
