using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Tokens;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Onnx;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Onnx;

/// <summary>The networks of a model, exported and opened in ONNX Runtime, in place of the model's own.</summary>
internal sealed class OnnxPipeline : IDisposable
{
    private const int Sizes = 6;
    private const int LargestSize = 4096;

    private readonly LatentDiffusionModel model;
    private readonly InferenceSession unet;
    private readonly InferenceSession decoder;
    private readonly List<InferenceSession> texts = [];
    private readonly nn.Module<Tensor, Tensor, UNetConditions, Tensor>.HookRemover hook;

    /// <summary>Exports the networks. Until it is disposed, the model's U-Net returns what ONNX Runtime computes.</summary>
    public OnnxPipeline(LatentDiffusionModel model)
    {
        this.model = model;
        unet = OnnxRun.Open(OnnxGraphs.Unet(model.Network));
        decoder = OnnxRun.Open(OnnxGraphs.Decoder(model.Autoencoder.Network, model.Autoencoder.Config));
        var encoder = (TextEncoderModel)model.TextEncoder!;
        foreach (var (part, network) in encoder.Parts.Zip(encoder.Networks.All))
            texts.Add(OnnxRun.Open(OnnxGraphs.Text(network, part)));
        hook = model.Network.register_forward_hook((_, states, times, conditions, own) =>
        {
            own.Dispose();
            return Predict(states, times, conditions);
        });
    }

    /// <summary>Encodes texts, of which each encoder has its own, row by row.</summary>
    public TextEncoding Encode(IReadOnlyList<IReadOnlyList<string>> prompts)
    {
        var encoder = (TextEncoderModel)model.TextEncoder!;
        var outputs = encoder.Parts.Select((part, place) => Encode(part, texts[place], prompts[place])).ToArray();
        return new TextEncoding(cat([.. outputs.Select(output => output.Context)], dim: -1), outputs[^1].Pooled);
    }

    /// <summary>Decodes latents without their scale.</summary>
    public Tensor Decode(Tensor latents) => OnnxRun.Run(decoder, "sample", ("latent_sample", latents));

    public void Dispose()
    {
        hook.remove();
        unet.Dispose();
        decoder.Dispose();
        foreach (var session in texts)
            session.Dispose();
    }

    private static (Tensor Context, Tensor? Pooled) Encode(TextPart part, InferenceSession session, IReadOnlyList<string> prompts)
    {
        var rows = prompts.Select(prompt => TokenRow.Of(part.Tokenizer.Tokenize(prompt), part.Tokenizer.Frame)).ToArray();
        List<(string, Tensor)> inputs = [("input_ids", stack([.. rows.Select(row => tensor(row.Ids))]).to(ScalarType.Int32))];
        if (part.UsesMask)
            inputs.Add(("attention_mask", stack([.. rows.Select(row => row.Mask())]).to(ScalarType.Int32)));
        var context = OnnxRun.Run(session, session.ModelMetadata.CustomMetadataMap["context_output"], [.. inputs]);
        if (part.Config is not ClipTextConfig clip)
            return (context, null);
        return (context, OnnxRun.Run(session, clip.ProjectionWidth is null ? "pooler_output" : "text_embeds", [.. inputs]));
    }

    private Tensor Predict(Tensor states, Tensor times, UNetConditions conditions)
    {
        if (model.Network.Config.SizeDimension is not { } each)
            return OnnxRun.Run(unet, "out_sample", OnnxInputs.Of(states, times, conditions));
        var vectors = conditions.Vectors!;
        var pooled = vectors.shape[1] - (Sizes * each);
        var inputs = OnnxInputs.Of(states, times, conditions with { Vectors = null });
        return OnnxRun.Run(
            unet, "out_sample", [.. inputs, ("text_embeds", vectors.narrow(1, 0, pooled)), ("time_ids", Numbers(vectors.narrow(1, pooled, Sizes * each), each))]);
    }

    // The sizes whose waves these are: the graph makes the waves itself.
    private static Tensor Numbers(Tensor waves, int each)        // [B, 6 * each] -> [B, 6]
    {
        var numbers = arange(Whole(LargestSize + 1), dtype: ScalarType.Float32);
        var known = TimestepSinusoids.Embed(numbers, each);      // [N, each]
        var given = waves.reshape(-1, each);
        return (given.unsqueeze(1) - known.unsqueeze(0)).abs().sum(2).argmin(1).to(ScalarType.Float32).reshape(-1, Sizes);
    }
}
