using System.Diagnostics;

namespace LdmMl.Testing;

/// <summary>A test that exchanges files with NumPy; reported as skipped where there is no Python that has it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NumPyFactAttribute : FactAttribute
{
    /// <summary>The interpreter that such tests run.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> IsThere = new(() => File.Exists(Python) && Imports());

    public NumPyFactAttribute()
    {
        if (!IsThere.Value)
            Skip = $"{Python} with numpy is not on this machine.";
    }

    private static bool Imports()
    {
        using var python = Process.Start(new ProcessStartInfo(Python, ["-c", "import numpy"]) { UseShellExecute = false, RedirectStandardError = true })!;
        python.WaitForExit();
        return python.ExitCode == 0;
    }
}
