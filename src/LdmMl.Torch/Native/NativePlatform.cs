using System.Runtime.InteropServices;

namespace LdmMl.Torch.Native;

/// <summary>The systems and processors that TorchSharp and libtorch have native libraries for.</summary>
internal static class NativePlatform
{
    private const string Supported = "TorchSharp and libtorch only have native libraries for linux-x64 (with glibc), win-x64 and osx-arm64";

    /// <summary>Gets why nothing can load in this process; null if there are libraries.</summary>
    public static string? Refusal() => Refusal(RuntimeInformation.RuntimeIdentifier, RuntimeInformation.ProcessArchitecture, IsFileThere);

    /// <summary>Returns why nothing can load.</summary>
    /// <param name="runtime">The runtime's identifier, such as <c>linux-musl-x64</c>.</param>
    /// <param name="architecture">The processor that the process is compiled for.</param>
    /// <param name="exists">Determines whether there is a native library with this name among the program's files.</param>
    internal static string? Refusal(string runtime, Architecture architecture, Func<string, bool> exists)
    {
        var processor = architecture.ToString().ToLowerInvariant();
        if (runtime.StartsWith("linux-musl", StringComparison.Ordinal) || runtime.StartsWith("alpine", StringComparison.Ordinal))
            return $"LdmMl does not run on {runtime}: {Supported}. Use an image of Debian, Ubuntu or RHEL instead of Alpine.";
        if (runtime.StartsWith("win", StringComparison.Ordinal))
        {
            // There is a package for Windows on Arm, which TorchSharp-cpu does not include.
            if (architecture == Architecture.X64 || (architecture == Architecture.Arm64 && exists("torch_cpu.dll")))
                return null;
            var further = architecture == Architecture.Arm64 ? ", or add the package libtorch-cpu-win-arm64, which is untested" : "";
            return $"LdmMl does not run on win-{processor} as it is: {Supported}. Run the program as x64{further}.";
        }

        if (runtime.StartsWith("osx", StringComparison.Ordinal))
            return architecture == Architecture.Arm64 ? null : $"LdmMl does not run on osx-{processor}: {Supported}. Use a Mac with Apple silicon.";
        return architecture == Architecture.X64
            ? null : $"LdmMl does not run on linux-{processor}: {Supported}. Use a machine, or a container, with a 64-bit x86 processor.";
    }

    private static bool IsFileThere(string name) => NativeFolders.Candidates().Any(folder => File.Exists(Path.Combine(folder, name)));
}
