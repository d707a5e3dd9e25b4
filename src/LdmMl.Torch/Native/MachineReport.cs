using System.Runtime.InteropServices;
using TorchSharp;

namespace LdmMl.Torch.Native;

/// <summary>What libtorch finds on this machine, and how to fix what is wrong.</summary>
internal static class MachineReport
{
    /// <summary>Inspects the system, the native libraries, the processor and the GPU. Does not throw when something is missing.</summary>
    /// <returns>The findings, ordered so that each depends only on earlier ones.</returns>
    public static IReadOnlyList<Finding> Collect()
    {
        var findings = new List<Finding> { OperatingSystemFinding() };
        if (OperatingSystem.IsLinux())
        {
            findings.Add(SystemLibraries.GnuLibc());
            findings.Add(SystemLibraries.StandardCpp());
        }
        findings.Add(Bridge());
        findings.Add(Processor.Capability());
        if (TorchRuntime.LoadResult.Failure is null)
        {
            findings.Add(LibTorch());
            findings.Add(Threads());
            findings.Add(Convolutions());
            findings.Add(Allocator());
            findings.Add(Gpu());
        }
        return findings;
    }

    private static Finding OperatingSystemFinding()
    {
        var architecture = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        var value = $"{RuntimeInformation.OSDescription}, {architecture}, .NET {Environment.Version}";
        return new("system", value, NativePlatform.Refusal(), IsFailure: NativePlatform.Refusal() is not null);
    }

    private static Finding Bridge()
    {
        var result = TorchRuntime.LoadResult;
        if (result.Failure is { } failure)
            return new("TorchSharp", "does not load", failure, IsFailure: true);
        return new("TorchSharp", result.CompatibilityCopy is { } copy
            ? $"{TorchSharpVersion()}, through a copy adapted to this libstdc++ ({copy})"
            : $"{TorchSharpVersion()}, as it is");
    }

    private static string TorchSharpVersion() => typeof(torch).Assembly.GetName().Version?.ToString(3) ?? "unknown version";

    private static Finding LibTorch()
    {
        using var one = torch.ones(1);
        var works = one.Read<float>() == 1;
        var value = $"{torch.__version__}, {TorchRuntime.LoadResult.TorchFolder ?? "loaded by TorchSharp"}";
        return works ? new("libtorch", value) : new("libtorch", value, "It computes wrong results: reinstall its package.", IsFailure: true);
    }

    private static Finding Threads()
    {
        int threads = torch.get_num_threads(), processors = Environment.ProcessorCount;
        var value = $"{threads} for computing, {processors} processors";
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is { } policy && policy.Equals("PASSIVE", StringComparison.OrdinalIgnoreCase))
            return new("threads", value, "OMP_WAIT_POLICY=PASSIVE slows small networks by up to a third: unset it.");
        return threads < processors && Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is { } limit
            ? new("threads", value, $"OMP_NUM_THREADS={limit} keeps processors idle: unset it unless other programs need them.")
            : new("threads", value);
    }

    private static Finding Convolutions() => Processor.Lanes switch
    {
        0 => new("convolutions", "libtorch's only, in every mode",
            "The fast ones need AVX2 and FMA, which this processor lacks or DOTNET_EnableAVX2=0 hides."),
        var lanes => new("convolutions", $"fast ones with vectors of {lanes * 32} bits"),
    };

    private static Finding Allocator() => TorchRuntime.KeepsFreedMemory
        ? new("allocator", "keeps freed memory for the next tensors")
        : new("allocator", "returns freed memory to the system at once",
            "Call TorchRuntime.KeepFreedMemory() at the start of the program: a large decode takes about a fifth less time.");

    private static Finding Gpu()
    {
        if (torch.cuda.is_available())
            return new("GPU", $"{torch.cuda.device_count()} with CUDA");
        return File.Exists("/proc/driver/nvidia/version")
            ? new("GPU", "an NVIDIA driver is installed, but this program was built for the CPU",
                "Build with -p:TorchBackend=cuda-linux, or reference TorchSharp-cuda-linux instead of TorchSharp-cpu.")
            : new("GPU", "none; the CPU computes");
    }
}
