using System.Diagnostics;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.UNets;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Where the time of a guided step of Stable Diffusion 1.5 goes, by kinds of layers.</summary>
internal static class StepProfile
{
    public static void Print(int steps, TextWriter output)
    {
        foreach (var mode in new[] { ConvolutionMode.Direct, ConvolutionMode.Auto })
        {
            using var step = new FullSize.GuidedStep(mode);
            step.Run();
            var times = new Dictionary<string, double>();
            var hooks = step.Network.named_modules().SelectMany(pair => Watch(pair.name, pair.module, times)).ToArray();
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < steps; i++)
                step.Run();
            output.WriteLine($"{mode}: {watch.Elapsed.TotalMilliseconds / steps:F0} ms");
            foreach (var (kind, time) in times.OrderByDescending(pair => pair.Value))
                output.WriteLine($"  {time / steps,8:F1} ms  {kind}");
        }
    }

    private static IEnumerable<IDisposable> Watch(string name, nn.Module module, Dictionary<string, double> times)
    {
        var kind = Kind(name, module);
        if (kind is null)
            yield break;
        var watch = new Stopwatch();
        if (module is nn.Module<Tensor, Tensor> simple)
        {
            simple.register_forward_pre_hook((_, x) => { watch.Restart(); return x; });
            simple.register_forward_hook((_, x, y) => { Add(times, kind + " " + Size(x), watch); return y; });
        }
        else if (module is nn.Module<Tensor, Tensor, Tensor> two)
        {
            two.register_forward_pre_hook((_, x, c) => { watch.Restart(); return (x, c); });
            two.register_forward_hook((_, x, c, y) => { Add(times, kind + " " + Size(x), watch); return y; });
        }
    }

    private static string Size(Tensor x) => x.dim() == 4 ? $"{x.shape[2]}" : $"{x.shape[1]}";

    private static void Add(Dictionary<string, double> times, string kind, Stopwatch watch)
    {
        lock (times)
            times[kind] = times.GetValueOrDefault(kind) + watch.Elapsed.TotalMilliseconds;
    }

    private static string? Kind(string name, nn.Module module) => module switch
    {
        ImageConvolution convolution => $"conv {convolution.Weight.shape[2]}x{convolution.Weight.shape[2]} stride {convolution.Stride}",
        LinearProjection => "linear " + string.Join('.', name.Split('.').Where(part => !int.TryParse(part, out _)).TakeLast(2)),
        LayerNorm => "layer norm",
        CrossAttention => name.Split('.')[^1] + " (whole)",
        FeedForward => "feed-forward (whole)",
        _ => null,
    };
}
