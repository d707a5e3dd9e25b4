using System.Diagnostics;

namespace LdmMl.Testing;

/// <summary>A test that exchanges files with NumPy; skipped if no Python with NumPy is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NumPyFactAttribute : FactAttribute
{
    /// <summary>The interpreter that these tests run.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> IsThere = new(() => File.Exists(Python) && Imports());

    public NumPyFactAttribute()
    {
        if (!IsThere.Value)
            Skip = $"{Python} with numpy is not installed.";
    }

    private static bool Imports()
    {
        using var python = Process.Start(new ProcessStartInfo(Python, ["-c", "import numpy"]) { UseShellExecute = false, RedirectStandardError = true })!;
        python.WaitForExit();
        return python.ExitCode == 0;
    }
}
