using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Onnx;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>CompVis <c>VQModel</c> and <c>VQModelInterface</c> with taming's <c>VectorQuantizer2</c>.</summary>
internal sealed class VqAutoencoderRunner : IGoldenRunner
{
    public string Group => "autoencoder-vq";

    public bool Convolves(string folder) => true;

    public void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var weights = golden.Weights();
        var settings = golden.Settings;
        var quantizesInDecoder = settings.Choice(
            "target", "", ("ldm.models.autoencoder.VQModel", false), ("ldm.models.autoencoder.VQModelInterface", true));
        var used = weights.TryGetValue("quantize.used", out var buffer) ? (int)buffer.shape[0] : 0;
        var config = AutoencoderConfigs.Vq(settings.Object("params"), settings.ObjectOrEmpty("quantizer"), used);
        using var network = new VqAutoencoder(config);
        ModuleWeights.Load(network, weights, golden.Folder);
        using var random = new Generator(0, CPU);

        var latents = network.Encode(golden.Inputs["x"]);
        using var codes = network.Quantize(latents, random);
        golden.Check("prequant", latents);
        golden.Check("quant", codes.Latents);
        golden.Check("indices", codes.Indices);
        golden.Check("codebook_loss", codes.Loss);
        CheckDecoding(golden, network, latents, codes, quantizesInDecoder);
        golden.CheckExported("prequant", () => OnnxGraphs.Encoder(network, config), "latent_sample", ("sample", golden.Inputs["x"]));
        golden.CheckExported(
            "decode", () => OnnxGraphs.Decoder(network, config), "sample", ("latent_sample", quantizesInDecoder ? golden.Inputs["latent"] : latents));
        CheckFreeLatent(golden, network, random);
        CheckLookup(golden, network, config);
        golden.Check("distance_gap_min", SmallestGap(latents, weights["quantize.embedding.weight"]));
    }

    private static void CheckDecoding(GoldenCase golden, VqAutoencoder network, Tensor latents, VqCodes codes, bool quantizesInDecoder)
    {
        // VQModelInterface encodes without quantising and decodes the free latent; VQModel decodes what it quantised.
        if (quantizesInDecoder)
        {
            var free = golden.Inputs["latent"];
            using var freeCodes = network.Quantize(free);
            golden.Check("encode", latents);
            golden.Check("decode", network.Decode(freeCodes.Latents));
            golden.Check("decode_force_not_quantize", network.Decode(free));
            return;
        }
        golden.Check("decode", network.Decode(codes.Latents));
        golden.Check("forward", network.call(golden.Inputs["x"]));
        golden.Check("forward_diff", codes.Loss);
    }

    private static void CheckFreeLatent(GoldenCase golden, VqAutoencoder network, Generator random)
    {
        using var codes = network.Quantize(golden.Inputs["latent"], random);
        golden.Check("latent.quant", codes.Latents);
        golden.Check("latent.indices", codes.Indices);
        golden.Check("latent.codebook_loss", codes.Loss);
    }

    private static void CheckLookup(GoldenCase golden, VqAutoencoder network, VqAutoencoderConfig config)
    {
        var indices = golden.Inputs["codes"];                    // [B, h, w]
        if (config.UsedEntries > 0)
            indices = indices % Whole(config.CodebookSize / 2);
        golden.Check("codebook_entry", network.Lookup(indices, [.. golden.Inputs["codes"].shape, config.LatentChannels]));
    }

    // The distance between the best and the second best entry, as the case's own README defines it.
    private static Tensor SmallestGap(Tensor latents, Tensor codebook)
    {
        var flat = latents.permute(0, 2, 3, 1).reshape(-1, codebook.shape[1]).to(ScalarType.Float64);
        var squared = (flat.unsqueeze(1) - codebook.to(ScalarType.Float64).unsqueeze(0)).pow(Whole(2)).sum(-1);
        var best = squared.topk(2, dim: 1, largest: false).values;
        return (best.select(1, 1) - best.select(1, 0)).min();
    }
}
