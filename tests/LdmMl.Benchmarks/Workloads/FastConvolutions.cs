using System.Diagnostics;
using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Whole networks in one mode of their 3x3 convolutions; weights and inputs are the same in each mode, so that modes can be
/// compared.</summary>
internal sealed class FastConvolutions : IWorkload
{
    private readonly Func<Tensor> call;
    private readonly IDisposable[] owned;
    private readonly double firstCall;

    private FastConvolutions(Func<Tensor> call, params IDisposable[] owned)
    {
        (this.call, this.owned) = (call, owned);
        var watch = Stopwatch.StartNew();
        Run();
        firstCall = watch.Elapsed.TotalSeconds;
    }

    public string Remark => $"first call {firstCall:F2} s";

    /// <summary>Decodes one image of 256x256 with the published kl-f8.</summary>
    public static FastConvolutions Decode(ConvolutionMode mode, bool keepsMemory = true) =>
        Autoencoder(KlAutoencoderConfig.KlF8, mode, KlF8.Latents(), (model, latents) => model.Decode(latents), keepsMemory);

    /// <summary>Encodes one image of 256x256 with the published kl-f8.</summary>
    public static FastConvolutions Encode(ConvolutionMode mode) =>
        Autoencoder(KlAutoencoderConfig.KlF8, mode, KlF8.Images(), (model, images) => model.Encode(images));

    /// <summary>Decodes one image of 256x256 with the tiny autoencoder of Stable Diffusion 1.</summary>
    public static FastConvolutions TinyDecode(ConvolutionMode mode) =>
        Autoencoder(new TinyAutoencoderConfig(), mode, KlF8.Latents(), (model, latents) => model.Decode(latents));

    /// <summary>Scores pairs with LPIPS over VGG-16.</summary>
    public static FastConvolutions Lpips(ConvolutionMode mode, long pairs, long side)
    {
        TorchRuntime.KeepFreedMemory();
        using var opened = LpipsWeights.Open(PerceptualTrunkConfig.Vgg16);
        var model = opened.With(mode);
        var (images, others) = LpipsWeights.Pairs(pairs, side);
        return new(() => model.Distance(images, others, PixelRange.MinusOneToOne), model, images, others);
    }

    /// <summary>Computes the activations of VGG-16 that LPIPS compares.</summary>
    public static FastConvolutions Trunk(ConvolutionMode mode, long images, long side)
    {
        TorchRuntime.KeepFreedMemory();
        using var opened = LpipsWeights.Open(PerceptualTrunkConfig.Vgg16);
        var model = opened.With(mode);
        var (batch, others) = LpipsWeights.Pairs(images, side);
        others.Dispose();
        return new(() =>
        {
            using var features = model.Features(batch, PixelRange.MinusOneToOne);
            return batch.alias();
        }, model, batch);
    }

    /// <summary>Takes one step of a U-Net.</summary>
    public static FastConvolutions Step(ConvolutionMode mode, UNetConfig config, int rows, int side)
    {
        TorchRuntime.KeepFreedMemory();
        var network = UNetStep.Create(config);
        var (states, times) = (KlF8.Noise(2, rows, config.InputChannels, side, side), full([rows], Real(501f)));
        return new(() =>
        {
            using var inference = inference_mode();
            using var scope = new ConvolutionScope(mode);
            return network.Predict(states, times, UNetConditions.None);
        }, network, states, times);
    }

    public void Run() => call().Dispose();

    public void Dispose()
    {
        foreach (var one in owned)
            one.Dispose();
    }

    private static FastConvolutions Autoencoder(
        AutoencoderConfig config, ConvolutionMode mode, Tensor input, Func<AutoencoderModel, Tensor, Tensor> call,
        bool keepsMemory = true)
    {
        if (keepsMemory)
            TorchRuntime.KeepFreedMemory();
        using var opened = AutoencoderModel.Create(config, seed: 1);
        var model = opened.With(mode);
        return new(() => call(model, input), model, input);
    }
}
