namespace LdmMl.Torch.Tests.Native.Platforms;

/// <summary>A test of the libraries for a system that this machine is not; skipped where their packages are not restored.</summary>
public sealed class PlatformTheoryAttribute : TheoryAttribute
{
    /// <summary>Initializes a new instance of the <see cref="PlatformTheoryAttribute"/> class.</summary>
    public PlatformTheoryAttribute()
    {
        if (NativePackages.Find("libtorch-cpu-win-x64", "2.10.0", "win-x64", "c10.dll") is null
            || NativePackages.Find("libtorch-cpu-osx-arm64", "2.10.0", "osx-arm64", "libc10.dylib") is null)
        {
            Skip = "The packages libtorch-cpu-win-x64 and libtorch-cpu-osx-arm64, which TorchSharp-cpu brings, are not restored here.";
        }
    }
}
