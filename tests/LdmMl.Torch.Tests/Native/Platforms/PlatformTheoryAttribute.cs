namespace LdmMl.Torch.Tests.Native.Platforms;

/// <summary>A test of the libraries for another system; skipped if their packages are not restored.</summary>
public sealed class PlatformTheoryAttribute : TheoryAttribute
{
    /// <summary>Initializes a new instance of the <see cref="PlatformTheoryAttribute"/> class.</summary>
    public PlatformTheoryAttribute()
    {
        if (NativePackages.Find("libtorch-cpu-win-x64", "2.10.0", "win-x64", "c10.dll") is null
            || NativePackages.Find("libtorch-cpu-osx-arm64", "2.10.0", "osx-arm64", "libc10.dylib") is null)
        {
            Skip = "The packages libtorch-cpu-win-x64 and libtorch-cpu-osx-arm64, dependencies of TorchSharp-cpu, are not restored.";
        }
    }
}
