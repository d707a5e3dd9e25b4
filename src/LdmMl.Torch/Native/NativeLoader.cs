using System.Runtime.InteropServices;

namespace LdmMl.Torch.Native;

/// <summary>
/// Loads libtorch by path and then TorchSharp's library, adapted to an older libstdc++ where that is needed.
/// TorchSharp, which requests its library by name, then gets the one already loaded.
/// </summary>
internal static class NativeLoader
{
    private const string BridgeName = "libLibTorchSharp.so";

    // In the order of their dependencies. The CUDA libraries are there with the CUDA backend only.
    private static readonly string[] TorchLibraries =
        ["libc10.so", "libc10_cuda.so", "libtorch_cpu.so", "libtorch_cuda.so", "libtorch.so"];

    public static NativeLoadResult Load()
    {
        if (NativePlatform.Refusal() is { } refusal)
            return new(null, null, refusal);

        // On Windows and macOS TorchSharp's own loading works.
        if (!OperatingSystem.IsLinux())
            return new(null, null, null);

        var folders = NativeFolders.Candidates().ToArray();
        if (Find(folders, BridgeName) is not { } bridge || Find(folders, "libtorch_cpu.so") is not { } torch)
            return new(null, null, NativeFailures.NotDeployed(folders));

        WaitingThreads.SleepSoon();
        var torchFolder = Path.GetDirectoryName(torch)!;
        try
        {
            foreach (var name in TorchLibraries)
            {
                var path = Path.Combine(torchFolder, name);
                if (File.Exists(path))
                    NativeLibrary.Load(path);
            }
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            return new(torchFolder, null, NativeFailures.TorchDoesNotLoad(torchFolder, error));
        }

        return LoadBridge(bridge, torchFolder);
    }

    private static NativeLoadResult LoadBridge(string bridge, string torchFolder)
    {
        if (NativeLibrary.TryLoad(bridge, out _))
            return new(torchFolder, null, null);
        try
        {
            var copy = CompatibilityCopy.Create(bridge);
            _ = LinkMap.Rename(NativeLibrary.Load(copy), copy, bridge);
            return new(torchFolder, copy, null);
        }
        catch (Exception error)
            when (error is DllNotFoundException or BadImageFormatException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return new(torchFolder, null, NativeFailures.BridgeDoesNotLoad(bridge, error));
        }
    }

    private static string? Find(string[] folders, string name) =>
        folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
