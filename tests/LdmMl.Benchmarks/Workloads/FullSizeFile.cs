using System.Diagnostics;
using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>A file of all networks of Stable Diffusion 1.5: opening it, beside reading it, and a step and a decode with its weights.</summary>
internal static class FullSizeFile
{
    /// <summary>Gets what the comparisons lack; null if nothing.</summary>
    public static string? Missing => Path is not null ? null
        : "The comparison needs a .safetensors file of Stable Diffusion 1.5, with any weights: name it in LDMML_SD15.";

    /// <summary>Gets the file.</summary>
    public static string? Path => Environment.GetEnvironmentVariable("LDMML_SD15") is { Length: > 0 } path ? path : null;

    public static IWorkload Open(bool cold) => new Whole(cold, path => LatentDiffusionModel.Load(path).Dispose());

    public static IWorkload Read(bool cold) => new Whole(cold, ReadAll);

    public static IWorkload Step() => new Part(model =>
    {
        var batch = new GenerationBatch { Seeds = [1], Context = KlF8.Noise(5, 1, 77, 768), UnconditionalContext = KlF8.Noise(4, 1, 77, 768) };
        var settings = new GenerationSettings { GuidanceScale = 7.5, Sampling = new SamplingSettings { Steps = 1 } };
        return () => model.GenerateLatents(batch, settings).Dispose();
    });

    public static IWorkload Decode() => new Part(model =>
    {
        var latents = KlF8.Noise(3, 1, 4, 64, 64);
        return () => model.Autoencoder.Decode(latents).Dispose();
    });

    // As a program that copies a file does.
    private static void ReadAll(string path)
    {
        using var file = File.OpenHandle(path);
        var buffer = new byte[1 << 17];
        for (long at = 0; RandomAccess.Read(file, buffer, at) is > 0 and var count; at += count)
        {
        }
    }

    // Drops a file's pages from the system's cache.
    private static void Forget(string path)
    {
        using var dropping = Process.Start("dd", ["if=" + path, "iflag=nocache", "count=0", "status=none"]);
        dropping.WaitForExit();
        if (dropping.ExitCode != 0)
            throw new InvalidOperationException("dd did not drop the file from the system's cache.");
    }

    /// <summary>Work on the whole file, which the system has in its cache, or has not.</summary>
    private sealed class Whole(bool cold, Action<string> run) : IWorkload
    {
        public void Prepare()
        {
            if (cold)
                Forget(Path!);
        }

        public void Run() => run(Path!);

        public void Dispose()
        {
        }
    }

    /// <summary>Work of one of the networks.</summary>
    private sealed class Part : IWorkload
    {
        private readonly LatentDiffusionModel model;
        private readonly Action run;

        public Part(Func<LatentDiffusionModel, Action> prepare)
        {
            TorchRuntime.KeepFreedMemory();
            model = LatentDiffusionModel.Load(Path!);
            run = prepare(model);
        }

        public void Run() => run();

        public void Dispose() => model.Dispose();
    }
}
