using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>The TAESD family: latents, their 8-bit form, decoded images, and corners and statistics of activations.</summary>
internal sealed partial class TinyAutoencoderRunner : IGoldenRunner
{
    // How much the fast convolutions may change a latent, as a share of the largest, times the 255 / 6 bytes of one unit.
    private const double HalfwayError = 4e-6 * 255 / 6;

    public string Group => "taesd";

    public bool Convolves(string folder) => true;

    public void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (network, config) = Network(golden);
        using var owned = network;
        using var recorder = new ActivationRecorder(network, ActivationNames(golden));
        var images = golden.Inputs["image_u8_hwc"].permute(0, 3, 1, 2).to(ScalarType.Float32) / Real(255);

        var latent = network.Encode(images);
        var decoded = network.Decode(latent);
        var clamped = decoded.clamp(Real(0), Real(1));
        golden.Check("latent", latent);
        golden.Check("decoded", decoded);
        golden.Check("decoded_clamped", clamped);
        golden.Check("psnr_db", (clamped - images).pow(Whole(2)).mean([1, 2, 3]).log10() * Real(-10));   // [B]
        golden.Check("decoded_free", network.Decode(golden.Inputs["free_latent"]));
        golden.CheckExported("latent", () => OnnxGraphs.Encoder(network, config), "latent_sample", ("sample", images));
        golden.CheckExported("decoded_free", () => OnnxGraphs.Decoder(network, config), "sample", ("latent_sample", golden.Inputs["free_latent"]));

        CheckBytes(golden, network, latent);
        CheckActivations(golden, recorder);
        golden.NoteFastLayers(network);
    }

    // The latents as bytes, and what is decoded from the reference's bytes.
    private static void CheckBytes(GoldenCase golden, TinyAutoencoder network, Tensor latent)
    {
        if (!golden.Outputs.TryGetValue("scaled_latent_u8", out var expected))
            return;
        var scaled = TinyLatents.ToUnitRange(latent) * Real(255);
        var bytes = scaled.round().to(ScalarType.Byte);

        // If a latent is between two bytes within the rounding of convolutions, either byte is right.
        var margin = 0.5 + (HalfwayError * golden.Outputs["latent"].abs().max().item<float>());
        var tied = (scaled - expected.to(ScalarType.Float32)).abs() <= Real(margin);
        golden.Check("scaled_latent_u8", golden.Convolutions == ConvolutionMode.Direct ? bytes : where(tied, expected, bytes));
        golden.Check(
            "decoded_from_u8", network.Decode(TinyLatents.FromUnitRange(expected.to(ScalarType.Float32) / Real(255))).clamp(Real(0), Real(1)));
    }

    private static (TinyAutoencoder Network, TinyAutoencoderConfig Config) Network(GoldenCase golden)
    {
        var settings = golden.Settings;
        settings.Expect("class", "taesd.TAESD");
        var (channels, normalizes) = Arguments(settings, "encoder", "Encoder");
        if (Arguments(settings, "decoder", "Decoder") != (channels, normalizes))
            throw settings.Unsupported("decoder", "it has the encoder's arguments");
        var config = new TinyAutoencoderConfig { LatentChannels = channels, MiddleNormalization = normalizes };
        var network = new TinyAutoencoder(config);
        using var weights = settings.Has("weights") ? Files(golden) : golden.Weights();
        CheckNames(settings, "encoder", weights);
        CheckNames(settings, "decoder", weights);
        ModuleWeights.Load(network, weights, golden.Folder);
        return (network, config);
    }

    // "Encoder(32, use_midblock_gn=True)"
    private static (int Channels, bool Normalizes) Arguments(CaseSettings settings, string key, string function)
    {
        var call = Call().Match(settings.Text(key));
        if (!call.Success || call.Groups["function"].Value != function)
            throw settings.Unsupported(key, "the arguments are latent channels and use_midblock_gn");
        return (
            call.Groups["channels"].Success ? int.Parse(call.Groups["channels"].Value, CultureInfo.InvariantCulture) : 4,
            call.Groups["gn"].Value == "True");
    }

    [GeneratedRegex(
        @"^(?<function>\w+)\((latent_channels=)?(?<channels>\d+)?(, )?(use_midblock_gn=(?<gn>True|False))?\)$",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Call();

    private static StateDictionary Files(GoldenCase golden)
    {
        var pattern = golden.Settings.Text("weights");           // "../weights/taef2_{encoder,decoder}.pth"
        var hashes = golden.Settings.ObjectOrEmpty("sha256");
        var weights = new StateDictionary();
        foreach (var part in new[] { "encoder", "decoder" })
        {
            var path = golden.PathOf(pattern.Replace("{encoder,decoder}", part, StringComparison.Ordinal));
            hashes.Expect(Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
            using var file = StateDictionary.Read(path);
            foreach (var (key, tensor) in file)
                weights.Add($"{part}.{key}", tensor.to(ScalarType.Float32));
        }
        return weights;
    }

    private static void CheckNames(CaseSettings settings, string part, StateDictionary weights)
    {
        if (settings.OptionalObject($"{part}_keys") is not { } names)
            return;
        var own = weights.Keys.Where(key => key.StartsWith(part, StringComparison.Ordinal)).Select(key => key[(part.Length + 1)..]);
        Assert.Equal(names.Keys.Order(StringComparer.Ordinal), own.Order(StringComparer.Ordinal));
        Assert.All(names.Keys, key => Assert.Equal(names.Shape(key), weights[$"{part}.{key}"].shape));
    }

    // "corner.enc.act.11" and "stats.enc.act.11" are of the module encoder.11.
    private static IEnumerable<string> ActivationNames(GoldenCase golden) =>
        golden.Outputs.Keys.Where(key => key.Contains(".act.", StringComparison.Ordinal)).Select(Module).Distinct();

    private static string Module(string output) =>
        (output.Contains(".enc.", StringComparison.Ordinal) ? "encoder." : "decoder.") + output[(output.LastIndexOf('.') + 1)..];

    private static void CheckActivations(GoldenCase golden, ActivationRecorder recorder)
    {
        foreach (var output in golden.Outputs.Keys.Where(key => key.Contains(".act.", StringComparison.Ordinal)))
        {
            if (recorder.Fused.Contains(Module(output)))
            {
                golden.PassOver(output);
                continue;
            }

            var activation = recorder.Recorded[Module(output)];
            golden.Check(output, output.StartsWith("corner.", StringComparison.Ordinal)
                ? activation[..1, ..8, ..4, ..4]
                : stack([activation.mean(), activation.std(), activation.abs().max()]));
        }
    }
}
