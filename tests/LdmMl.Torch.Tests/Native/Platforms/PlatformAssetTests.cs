using System.Runtime.InteropServices;
using LdmMl.Torch.Native;
using TorchSharp;

namespace LdmMl.Torch.Tests.Native.Platforms;

/// <summary>
/// Windows and macOS, as far as files show it: every native function that a managed library declares is exported by the library for each system, and
/// every name that TorchSharp's library imports from libtorch exists. Whether it computes correctly there was not tested.
/// </summary>
public class PlatformAssetTests
{
    private const string Bridge = "0.107.0", Torch = "2.10.0", Skia = "3.119.4";

    [PlatformTheory]
    [InlineData("win-x64", "LibTorchSharp.dll")]
    [InlineData("osx-arm64", "libLibTorchSharp.dylib")]
    public void TorchSharp_exports_the_same_functions_on_every_platform(string runtime, string library)
    {
        // TorchSharp declares five more, which its library has on no system.
        TorchRuntime.EnsureLoaded();
        var here = NativeLibrary.Load("libLibTorchSharp.so");
        var declared = ManagedImports.Of(typeof(torch).Assembly.Location)
            .Where(import => import.Library == "LibTorchSharp" && NativeLibrary.TryGetExport(here, import.Function, out _)).ToArray();
        var exported = Open(NativePackages.Find("torchsharp", Bridge, runtime, library)!).Exports;

        Assert.InRange(declared.Length, 1000, int.MaxValue);
        Assert.Equal([], declared.Where(import => !exported.Contains(import.Function)).Select(import => $"{import.Method}: {import.Function}"));
    }

    [PlatformTheory]
    [InlineData("win-x64", "LibTorchSharp.dll", "c10.dll", "torch_cpu.dll")]
    [InlineData("osx-arm64", "libLibTorchSharp.dylib", "libc10.dylib", "libtorch_cpu.dylib")]
    public void Libtorch_exports_every_name_that_TorchSharps_library_imports(string runtime, string library, params string[] parts)
    {
        var needed = Open(NativePackages.Find("torchsharp", Bridge, runtime, library)!).Imports;
        foreach (var part in parts)
        {
            var exported = Open(NativePackages.Find($"libtorch-cpu-{runtime}", Torch, runtime, part)!).Exports;
            var names = needed.Where(entry => Path.GetFileName(entry.Key) == part).SelectMany(entry => entry.Value).ToArray();

            Assert.InRange(names.Length, 10, int.MaxValue);
            Assert.Equal([], names.Where(name => !exported.Contains(name)));
        }
    }

    [PlatformTheory]
    [InlineData("win32", "win-x64", "libSkiaSharp.dll")]
    [InlineData("macos", "osx", "libSkiaSharp.dylib")]
    public void Every_function_that_SkiaSharp_declares_is_exported(string package, string runtime, string library)
    {
        var declared = ManagedImports.Of(NativePackages.Managed("skiasharp", Skia, "SkiaSharp.dll")).Where(import => import.Library == "libSkiaSharp").ToArray();
        var exported = Open(NativePackages.Find($"skiasharp.nativeassets.{package}", Skia, runtime, library)!).Exports;

        Assert.InRange(declared.Length, 500, int.MaxValue);
        Assert.Equal([], declared.Where(import => !exported.Contains(import.Function)).Select(import => $"{import.Method}: {import.Function}"));
    }

    [PlatformTheory]
    [InlineData("win-x64")]
    [InlineData("osx-arm64")]
    public void The_C_library_of_Linux_is_called_only_on_Linux_and_TorchSharps_library_everywhere(string runtime)
    {
        // Each of the first is guarded by a check for Linux: NativeLoader, TorchRuntime.KeepFreedMemory, MappedFile, PageMemory, ResultMemory, MachineReport.
        var declared = ManagedImports.Of(typeof(TorchRuntime).Assembly.Location).ToLookup(import => import.Library);
        Assert.Equal(["LibTorchSharp", "libc"], declared.Select(imports => imports.Key).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["CAllocator", "SystemLibraries", "SystemPages", "WaitingThreads"],
            declared["libc"].Select(import => import.Method.Split('.')[0]).Distinct().Order(StringComparer.Ordinal));
        var bridge = NativePackages.Find("torchsharp", Bridge, runtime, runtime == "win-x64" ? "LibTorchSharp.dll" : "libLibTorchSharp.dylib");
        var exported = Open(Assert.IsType<string>(bridge)).Exports;
        Assert.All(declared["LibTorchSharp"], import => Assert.Contains(import.Function, exported));
    }

    private static INativeImage Open(string path) => path.EndsWith(".dll", StringComparison.Ordinal) ? new PeImage(path) : new MachOImage(path);
}
