using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>
/// One call of an opened autoencoder: checks at the door, pads a single row, converts, runs without gradients, scales and checks the result.
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
        var paired = noise is null ? null : ToNetwork(noise, forcePair: images.shape[0] == 1);
        var raw = RunChecked(ToNetwork(images, forcePair: true), images, "encoding", input => net.EncodeLatents(input, paired));
        var latents = FromNetwork(raw, images.shape[0], target);
        return scope.MoveToOuter(latents.sub_(scaling.LatentShift).mul_(scaling.LatentScale));
    }

    public Tensor Decode(Tensor latents)                         // [B, c, h, w] -> [B, C, h*f, w*f]
    {
        AutoencoderArguments.CheckLatents(latents, config);
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var (target, net) = (latents.device, Network);
        var raw = (latents / config.LatentScale).add_(config.LatentShift);
        var decoded = RunChecked(ToNetwork(raw, forcePair: true), latents, "decoding", net.DecodeLatents);
        var images = FromNetwork(decoded, latents.shape[0], target);
        return scope.MoveToOuter(images.clamp_(config.PixelRange == PixelRange.ZeroToOne ? 0.0 : -1.0, 1.0));
    }

    // Kernels choose another order of summation for a single row, so a single row travels as two equal ones.
    private Tensor ToNetwork(Tensor input, bool forcePair)
    {
        var rows = forcePair && input.shape[0] == 1 ? input.expand(2, -1, -1, -1) : input;
        var type = network.Precision == ModelPrecision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        return rows.to(type, network.Device).contiguous();
    }

    private static Tensor FromNetwork(Tensor output, long rows, Device target)
    {
        using (output)
            return output.narrow(0, 0, rows).to(ScalarType.Float32, target).clone();
    }

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
