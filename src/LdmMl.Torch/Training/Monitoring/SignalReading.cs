using LdmMl.Torch.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training.Monitoring;

/// <summary>Reads what the monitor needs from a batch: a few sums over existing tensors, without gradients.</summary>
internal static class SignalReading
{
    /// <summary>Reads the signals of an autoencoder's batch.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="entries">The number of entries of its codebook; 0 for none.</param>
    public static StepSignals Of(AutoencoderPass pass, int entries)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var flat = pass.Images.mean([2, 3], keepdim: true);      // [B, C, 1, 1]
        var latents = pass.Posterior?.Mean ?? pass.Codes?.Latents;
        return new StepSignals
        {
            Error = MeanDifference(pass.Images, pass.Reconstructions), FlatError = MeanDifference(pass.Images, flat),
            LatentDeviation = latents?.std(unbiased: false).Read<float>(),
            ChannelDivergences = pass.Posterior is { } posterior ? Values(posterior.KullbackLeiblerByChannel()) : null,
            CodeUses = pass.Codes is { } codes ? Values(codes.Indices.flatten().bincount(weights: null, minlength: entries)) : null,
        };
    }

    /// <summary>Reads the signals of a diffusion model's batch.</summary>
    /// <param name="latents">The training latents [B, c, h, w].</param>
    /// <param name="target">The target of the prediction [B, c, h, w].</param>
    /// <param name="meanError">The mean error of the prediction.</param>
    /// <param name="kind">The kind of that error.</param>
    public static StepSignals Of(Tensor latents, Tensor target, double meanError, ReconstructionError kind)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var flat = kind == ReconstructionError.Absolute ? target.abs() : target.pow(Whole(2));
        return new StepSignals
        {
            Error = meanError, FlatError = flat.mean().Read<float>(), LatentDeviation = latents.std(unbiased: false).Read<float>(),
        };
    }

    private static double MeanDifference(Tensor images, Tensor others) => (images - others).abs().mean().Read<float>();

    private static double[] Values(Tensor values) => values.to(ScalarType.Float64).cpu().data<double>().ToArray();
}
