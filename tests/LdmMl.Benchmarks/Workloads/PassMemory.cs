using System.Diagnostics;
using System.Globalization;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Compares the memory that a pass takes with the estimate made before it, each in a separate process, whose peak Linux records.</summary>
internal static class PassMemory
{
    public const string Verb = "passes";

    private static readonly UNetConfig UNetOfMiddleSize = new()
    {
        InputChannels = 4, OutputChannels = 4, BaseChannels = 128, ChannelMultipliers = [1, 2, 4], AttentionFactors = [4], Heads = 4,
    };

    private static readonly Dictionary<string, AutoencoderConfig> Autoencoders = new(StringComparer.Ordinal)
    {
        ["kl-f8"] = KlAutoencoderConfig.KlF8,
        ["kl-f4, 32 wide"] = new KlAutoencoderConfig { BaseChannels = 32, ChannelMultipliers = [1, 2, 4], LatentChannels = 4 },
        ["taesd"] = TinyAutoencoderConfig.Taesd,
    };

    private static readonly (string Network, int Side, int Rows)[] Cases =
    [
        ("kl-f8", 256, 1), ("kl-f8", 512, 1), ("kl-f4, 32 wide", 512, 1), ("kl-f4, 32 wide", 1024, 1), ("taesd", 512, 1), ("taesd", 1024, 1),
        ("U-Net, 128 wide", 512, 1), ("U-Net, 128 wide", 512, 4), ("U-Net, 128 wide", 1024, 1), ("U-Net, celebahq256", 512, 1),
    ];

    /// <summary>Prints the table; or, in a separate process, measures one case.</summary>
    public static void Run(string[] arguments, TextWriter output)
    {
        if (arguments is [_, var network, var side, var rows, var mode, .. var kept])
        {
            if (kept is ["kept"])
                TorchRuntime.KeepFreedMemory();
            output.WriteLine(Measure(network, int.Parse(side), int.Parse(rows), Enum.Parse<ConvolutionMode>(mode)));
            return;
        }

        output.WriteLine("| network | images | estimate MB | Direct: measured MB | Auto: measured MB | Auto, freed memory kept |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (var (name, pixels, count) in Cases)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {count} of {pixels}x{pixels} | {Estimate(name, pixels, count) / 1e6:F0} | {Apart(name, pixels, count, ConvolutionMode.Direct)} "
                + $"| {Apart(name, pixels, count, ConvolutionMode.Auto)} "
                + $"| {Apart(name, pixels, count, ConvolutionMode.Auto, "kept")} |"));
        }
    }

    private static long Estimate(string name, int side, int rows) => Autoencoders.TryGetValue(name, out var config)
        ? AutoencoderMemory.Estimate(config, new(side, side), rows)
        : UNetMemory.Estimate(UNetOf(name), new(side / 8, side / 8), rows);

    private static UNetConfig UNetOf(string name) => name.EndsWith("256", StringComparison.Ordinal) ? UNetConfig.CelebaHq256 : UNetOfMiddleSize;

    private static string Apart(string name, int side, int rows, ConvolutionMode mode, params string[] more)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Verb, name, $"{side}", $"{rows}", $"{mode}", .. more])
        {
            RedirectStandardOutput = true, UseShellExecute = false,
        })!;
        var text = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return text;
    }

    // A small pass first, so that code is compiled and weights are transformed.
    private static string Measure(string name, int side, int rows, ConvolutionMode mode)
    {
        using var pass = Autoencoders.TryGetValue(name, out var config) ? Reconstruction(config, mode) : Prediction(UNetOf(name), mode);
        pass.Run(128, 1);
        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5");
        var before = Status("VmRSS:");
        pass.Run(side, rows);
        return string.Create(CultureInfo.InvariantCulture, $"{(Status("VmHWM:") - before) / 1000.0:F0}");
    }

    private static Pass Reconstruction(AutoencoderConfig config, ConvolutionMode mode)
    {
        using var created = AutoencoderModel.Create(config, seed: 1);
        var model = created.With(mode);
        return new(model, (side, rows) =>
        {
            using var images = zeros(rows, config.ImageChannels, side, side);
            model.Reconstruct(images).Dispose();
        });
    }

    private static Pass Prediction(UNetConfig config, ConvolutionMode mode)
    {
        using var first = AutoencoderModel.Create(new TinyAutoencoderConfig { LatentChannels = config.InputChannels }, seed: 1);
        using var created = LatentDiffusionModel.Create(first, new LatentDiffusionConfig { UNet = config, LatentHeight = 16, LatentWidth = 16 }, seed: 1);
        var model = created.With(mode);
        return new(model, (side, rows) =>
        {
            var settings = new GenerationSettings { Width = side, Height = side, Sampling = new SamplingSettings { Steps = 1 } };
            model.GenerateLatents(new GenerationBatch { Seeds = [.. Enumerable.Range(0, rows).Select(seed => (long)seed)] }, settings).Dispose();
        });
    }

    private static long Status(string name) => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..^2], CultureInfo.InvariantCulture);

    private sealed record Pass(IDisposable Model, Action<int, int> Run) : IDisposable
    {
        public void Dispose() => Model.Dispose();
    }
}
