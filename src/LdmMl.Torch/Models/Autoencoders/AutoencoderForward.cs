using LdmMl.Torch.Models.Sharing;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>
/// One call of an opened autoencoder: checks its arguments, converts, runs without gradients, scales and checks the result.
/// </summary>
internal readonly struct AutoencoderForward(SharedNetwork network, AutoencoderConfig config)
{
    private LatentScaling Scaling => new(config);

    private IAutoencoderNetwork Network => (IAutoencoderNetwork)network.Module;

    public Tensor Encode(Tensor images, Tensor? noise)           // [B, C, H, W] -> [B, c, H/f, W/f]
    {
        AutoencoderArguments.CheckImages(images, config);
        AutoencoderArguments.CheckNoise(noise, images, config);
        AutoencoderMemory.Require(network, config, new((int)images.shape[3], (int)images.shape[2]), (int)images.shape[0]);
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Normal(EncodeInferring(images, noise)));
    }

    public EncodedLatents EncodePosterior(Tensor images)         // [B, C, H, W] -> 2 x [B, c, H/f, W/f]
    {
        AutoencoderArguments.CheckImages(images, config);
        if (Network is not KlAutoencoder)
            return new EncodedLatents(Encode(images, noise: null), Deviation: null);
        AutoencoderMemory.Require(network, config, new((int)images.shape[3], (int)images.shape[2]), (int)images.shape[0]);
        using var scope = NewDisposeScope();
        var moments = EncodeMomentsInferring(images).chunk(2, dim: 1);
        return new EncodedLatents(scope.MoveToOuter(Normal(moments[0])), scope.MoveToOuter(Normal(moments[1])));
    }

    public Tensor Decode(Tensor latents)                         // [B, c, h, w] -> [B, C, h*f, w*f]
    {
        AutoencoderArguments.CheckLatents(latents, config);
        var factor = config.DownsampleFactor;
        AutoencoderMemory.Require(network, config, new((int)latents.shape[3] * factor, (int)latents.shape[2] * factor), (int)latents.shape[0]);
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Normal(DecodeInferring(latents)));
    }

    private Tensor EncodeInferring(Tensor images, Tensor? noise)
    {
        using var inference = inference_mode();
        var (net, device) = (Network, network.Device);
        var raw = RunChecked(ToNetwork(images), images, "encoding", input => net.EncodeLatents(input, noise?.to(device)));
        return Scaling.Apply(FromNetwork(raw, images.device));
    }

    private Tensor EncodeMomentsInferring(Tensor images)         // means and deviations, concatenated: [B, 2c, H/f, W/f]
    {
        using var inference = inference_mode();
        var net = (KlAutoencoder)Network;
        var raw = RunChecked(ToNetwork(images), images, "encoding", input =>
        {
            using var posterior = new DiagonalGaussian(net.EncodeMoments(input).to(ScalarType.Float32));
            return cat([posterior.Mean, posterior.StandardDeviation], dim: 1);
        });
        var moments = FromNetwork(raw, images.device).chunk(2, dim: 1);
        return cat([Scaling.Apply(moments[0]), Scaling.ApplyToDeviations(moments[1])], dim: 1);
    }

    private Tensor DecodeInferring(Tensor latents)
    {
        using var inference = inference_mode();
        var raw = Scaling.Undo(latents);
        var images = FromNetwork(RunChecked(ToNetwork(raw), latents, "decoding", Network.DecodeLatents), latents.device);
        return images.clamp_(Real(config.PixelRange == PixelRange.ZeroToOne ? 0.0 : -1.0), Real(1));
    }

    // A tensor created in inference mode cannot take part in training; its copy can.
    private static Tensor Normal(Tensor inferred) => inferred.clone();

    // Contiguous, because in channels-last order GroupNorm's sums would depend on the batch.
    private Tensor ToNetwork(Tensor input) =>
        input.to(ScalarType.Float32, network.Device).contiguous();

    private static Tensor FromNetwork(Tensor output, Device target) => output.to(ScalarType.Float32, target);

    private Tensor RunChecked(Tensor input, Tensor given, string doing, Func<Tensor, Tensor> run)
    {
        var device = network.Device;
        return NonFiniteSearch.Run(network, doing, [given], () => DeviceMemory.Explain(device, () => run(input)));
    }
}
