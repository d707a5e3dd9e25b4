using System.Diagnostics;
using System.Globalization;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Compares the memory that a pass takes with the estimate made before it, each in a separate process, whose peak Linux records.</summary>
internal static class PassMemory
{
    public const string Verb = "passes";

    private const string Encode = " encode", Decode = " decode";

    private static readonly UNetConfig UNetOfMiddleSize = new()
    {
        InputChannels = 4, OutputChannels = 4, BaseChannels = 128, ChannelMultipliers = [1, 2, 4], AttentionFactors = [4], Heads = 4,
    };

    private static readonly Dictionary<string, AutoencoderConfig> Autoencoders = new(StringComparer.Ordinal)
    {
        ["kl-f8"] = KlAutoencoderConfig.KlF8,
        ["kl-f4, 32 wide"] = new KlAutoencoderConfig { BaseChannels = 32, ChannelMultipliers = [1, 2, 4], LatentChannels = 4 },
        ["taesd"] = TinyAutoencoderConfig.Taesd,
        ["taef2"] = TinyAutoencoderConfig.Taef2,
    };

    private static readonly (string Network, string Size, int Rows)[] Cases =
    [
        ("kl-f8", "256x256", 1), ("kl-f8 encode", "512x512", 1), ("kl-f8 decode", "512x512", 1), ("kl-f8", "512x512", 1), ("kl-f8", "512x512", 2),
        ("kl-f4, 32 wide", "512x512", 1), ("kl-f4, 32 wide", "1024x1024", 1), ("kl-f4, 32 wide", "2000x1504", 1),
        ("taesd", "512x512", 1), ("taesd encode", "1024x1024", 1), ("taesd decode", "1024x1024", 1), ("taesd", "1024x1024", 1), ("taesd", "2000x1504", 1),
        ("taef2", "1024x1024", 1),
        ("U-Net, 128 wide", "512x512", 1), ("U-Net, 128 wide", "512x512", 4), ("U-Net, 128 wide", "1024x1024", 1), ("U-Net, celebahq256", "512x512", 1),
    ];

    /// <summary>Prints the table; or, in a separate process, measures one case.</summary>
    public static void Run(string[] arguments, TextWriter output)
    {
        if (arguments is [_, var network, var size, var rows, var mode, .. var kept])
        {
            if (kept is ["kept"])
                TorchRuntime.KeepFreedMemory();
            output.WriteLine(Measure(network, Size(size), int.Parse(rows), Enum.Parse<ConvolutionMode>(mode)));
            return;
        }

        output.WriteLine("| network | images | estimate MB | Direct: measured MB | Auto: measured MB | Auto, freed memory kept |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (var (name, pixels, count) in Cases)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {count} of {pixels} | {Estimate(name, Size(pixels), count) / 1e6:F0} | {Apart(name, pixels, count, ConvolutionMode.Direct)} "
                + $"| {Apart(name, pixels, count, ConvolutionMode.Auto)} "
                + $"| {Apart(name, pixels, count, ConvolutionMode.Auto, "kept")} |"));
        }
    }

    private static ImageSize Size(string text) => text.Split('x') is [var width, var height]
        ? new(int.Parse(width, CultureInfo.InvariantCulture), int.Parse(height, CultureInfo.InvariantCulture)) : throw new FormatException(text);

    private static long Estimate(string name, ImageSize size, int rows) => Autoencoder(name) is { } config
        ? AutoencoderMemory.Estimate(config, size, rows)
        : UNetMemory.Estimate(UNetOf(name), new(size.Width / 8, size.Height / 8), rows);

    private static AutoencoderConfig? Autoencoder(string name) => Autoencoders.GetValueOrDefault(
        name.Replace(Encode, "", StringComparison.Ordinal).Replace(Decode, "", StringComparison.Ordinal));

    private static UNetConfig UNetOf(string name) => name.EndsWith("256", StringComparison.Ordinal) ? UNetConfig.CelebaHq256 : UNetOfMiddleSize;

    private static string Apart(string name, string size, int rows, ConvolutionMode mode, params string[] more)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Verb, name, size, $"{rows}", $"{mode}", .. more])
        {
            RedirectStandardOutput = true, UseShellExecute = false,
        })!;
        var text = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return text;
    }

    // A small pass first, so that code is compiled and weights are transformed.
    private static string Measure(string name, ImageSize size, int rows, ConvolutionMode mode)
    {
        using var pass = Autoencoder(name) is { } config ? Reconstruction(name, config, mode) : Prediction(UNetOf(name), mode);
        pass.Run(new(128, 128), 1);
        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5");
        var before = Status("VmRSS:");
        pass.Run(size, rows);
        return string.Create(CultureInfo.InvariantCulture, $"{(Status("VmHWM:") - before) / 1000.0:F0}");
    }

    private static Pass Reconstruction(string name, AutoencoderConfig config, ConvolutionMode mode)
    {
        using var created = AutoencoderModel.Create(config, seed: 1);
        var model = created.With(mode);
        var factor = config.DownsampleFactor;
        return new(model, (size, rows) =>
        {
            if (name.EndsWith(Decode, StringComparison.Ordinal))
            {
                using var latents = zeros(rows, config.LatentChannels, size.Height / factor, size.Width / factor);
                model.Decode(latents).Dispose();
                return;
            }

            using var images = zeros(rows, config.ImageChannels, size.Height, size.Width);
            (name.EndsWith(Encode, StringComparison.Ordinal) ? model.Encode(images) : model.Reconstruct(images)).Dispose();
        });
    }

    private static Pass Prediction(UNetConfig config, ConvolutionMode mode)
    {
        using var first = AutoencoderModel.Create(new TinyAutoencoderConfig { LatentChannels = config.InputChannels }, seed: 1);
        using var created = LatentDiffusionModel.Create(first, new LatentDiffusionConfig { UNet = config, LatentHeight = 16, LatentWidth = 16 }, seed: 1);
        var model = created.With(mode);
        return new(model, (size, rows) =>
        {
            var settings = new GenerationSettings { Width = size.Width, Height = size.Height, Sampling = new SamplingSettings { Steps = 1 } };
            model.GenerateLatents(new GenerationBatch { Seeds = [.. Enumerable.Range(0, rows).Select(seed => (long)seed)] }, settings).Dispose();
        });
    }

    private static long Status(string name) => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..^2], CultureInfo.InvariantCulture);

    private sealed record Pass(IDisposable Model, Action<ImageSize, int> Run) : IDisposable
    {
        public void Dispose() => Model.Dispose();
    }
}
