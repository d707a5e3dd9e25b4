using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>The TAESD family: latents, their 8-bit form, decoded images, and corners and statistics of activations.</summary>
internal sealed class TinyAutoencoderRunner : IGoldenRunner
{
    public string Group => "taesd";

    public bool Convolves(string folder) => true;

    public void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = Network(golden);
        using var recorder = new ActivationRecorder(network, ActivationNames(golden));
        var images = golden.Inputs["image_u8_hwc"].permute(0, 3, 1, 2).to(ScalarType.Float32) / Real(255);

        var latent = network.Encode(images);
        var decoded = network.Decode(latent);
        var clamped = decoded.clamp(Real(0), Real(1));
        golden.Check("latent", latent);
        golden.Check("decoded", decoded);
        golden.Check("decoded_clamped", clamped);
        golden.Check("psnr_db", (((clamped - images).pow(Whole(2)).mean().log10()) * Real(-10)).reshape(1));
        golden.Check("decoded_free", network.Decode(golden.Inputs["free_latent"]));

        var bytes = (TinyLatents.ToUnitRange(latent) * Real(255)).round().to(ScalarType.Byte);
        golden.Check("scaled_latent_u8", bytes);
        golden.Check("decoded_from_u8", network.Decode(TinyLatents.FromUnitRange(bytes.to(ScalarType.Float32) / Real(255))).clamp(Real(0), Real(1)));
        CheckActivations(golden, recorder);
        golden.NoteFastLayers(network);
    }

    private static TinyAutoencoder Network(GoldenCase golden)
    {
        var config = golden.Config["encoder"]!.GetValue<string>();   // "Encoder(32, use_midblock_gn=True)"
        var network = new TinyAutoencoder(new TinyAutoencoderConfig
        {
            LatentChannels = int.Parse(config.Split('(', ',', ')')[1]),
            MiddleNormalization = config.Contains("use_midblock_gn=True", StringComparison.Ordinal),
        });
        using var weights = golden.Config["weights"] is { } files ? Files(golden, files.GetValue<string>()) : golden.Weights();
        ModuleWeights.Load(network, weights, golden.Folder);
        return network;
    }

    private static StateDictionary Files(GoldenCase golden, string pattern)   // "../weights/taef2_{encoder,decoder}.pth"
    {
        var weights = new StateDictionary();
        foreach (var half in new[] { "encoder", "decoder" })
        {
            using var file = CheckpointFile.Read(golden.PathOf(pattern.Replace("{encoder,decoder}", half, StringComparison.Ordinal)));
            foreach (var (key, tensor) in file)
                weights.Add($"{half}.{key}", tensor.to(ScalarType.Float32));
        }
        return weights;
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
                ? activation[.., ..8, ..4, ..4]
                : stack([activation.mean(), activation.std(), activation.abs().max()]));
        }
    }
}
