using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>
/// One call of an opened autoencoder: checks at the door, converts, runs without gradients, scales and checks the result.
/// </summary>
internal readonly struct AutoencoderForward(SharedNetwork network, AutoencoderConfig config)
{
    private IAutoencoderNetwork Network => (IAutoencoderNetwork)network.Module;

    public Tensor Encode(Tensor images, Tensor? noise)           // [B, C, H, W] -> [B, c, H/f, W/f]
    {
        AutoencoderArguments.CheckImages(images, config);
        AutoencoderArguments.CheckNoise(noise, images, config);
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var (target, net, scaling) = (images.device, Network, config);
        var converted = noise is null ? null : ToNetwork(noise);
        var raw = RunChecked(ToNetwork(images), images, "encoding", input => net.EncodeLatents(input, converted));
        var latents = FromNetwork(raw, target);
        return scope.MoveToOuter(latents.sub_(scaling.LatentShift).mul_(scaling.LatentScale));
    }

    public Tensor Decode(Tensor latents)                         // [B, c, h, w] -> [B, C, h*f, w*f]
    {
        AutoencoderArguments.CheckLatents(latents, config);
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var (target, net) = (latents.device, Network);
        var raw = (latents / config.LatentScale).add_(config.LatentShift);
        var decoded = RunChecked(ToNetwork(raw), latents, "decoding", net.DecodeLatents);
        var images = FromNetwork(decoded, target);
        return scope.MoveToOuter(images.clamp_(config.PixelRange == PixelRange.ZeroToOne ? 0.0 : -1.0, 1.0));
    }

    // Contiguous, for in channels-last GroupNorm's sums would depend on the batch.
    private Tensor ToNetwork(Tensor input) =>
        input.to(network.Precision == ModelPrecision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32, network.Device).contiguous();

    private static Tensor FromNetwork(Tensor output, Device target) => output.to(ScalarType.Float32, target);

    private Tensor RunChecked(Tensor input, Tensor given, string doing, Func<Tensor, Tensor> run)
    {
        Tensor output;
        network.Hooks.EnterReadLock();
        try
        {
            output = run(input);
        }
        finally
        {
            network.Hooks.ExitReadLock();
        }

        if (!IsFinite(output))
            throw NonFiniteSearch.Explain(network, input, given, doing, run);
        return output;
    }

    // The sum of finite numbers is finite unless it overflows, which the second look decides.
    private static bool IsFinite(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return double.IsFinite(tensor.sum(ScalarType.Float32).item<float>()) || tensor.isfinite().all().item<bool>();
    }
}
