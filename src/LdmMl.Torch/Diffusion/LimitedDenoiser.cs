using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// A denoiser whose x_0 is clipped, or thresholded dynamically: to the quantile of its absolute values, row by row, and scaled back to [-1, 1]
/// (Saharia et al. 2022, section 2.3). Its epsilon is unchanged, as in diffusers, except for samplers that use only epsilon: for
/// them it is recomputed from the limited x_0.
/// </summary>
internal sealed class LimitedDenoiser(IDenoiser denoiser, SamplingSettings settings) : IDenoiser
{
    public Denoised Denoise(Tensor state, NoiseLevel level)
    {
        using var scope = NewDisposeScope();
        var denoised = denoiser.Denoise(state, level);
        var start = Limit(denoised.Start);
        if (!settings.Sampler.Needs.LimitsEpsilon || level.Sigma == 0)
            return new Denoised(scope.MoveToOuter(start), scope.MoveToOuter(denoised.Epsilon));

        var implied = Denoised.FromStart(state, level, start);
        return new Denoised(scope.MoveToOuter(implied.Start), scope.MoveToOuter(implied.Epsilon));
    }

    public Denoised Denoise(Tensor state, IReadOnlyList<NoiseLevel> levels)
    {
        using var scope = NewDisposeScope();
        var denoised = denoiser.Denoise(state, levels);
        var start = Limit(denoised.Start);
        if (!settings.Sampler.Needs.LimitsEpsilon)
            return new Denoised(scope.MoveToOuter(start), scope.MoveToOuter(denoised.Epsilon));

        var (alpha, sigma) = (RowColumn.Of(state, levels.Select(level => level.Alpha)), RowColumn.Of(state, levels.Select(level => level.Sigma)));
        var implied = where(sigma > Real(0), (state - (start * alpha)) / sigma, denoised.Epsilon);
        return new Denoised(scope.MoveToOuter(start), scope.MoveToOuter(implied));
    }

    private Tensor Limit(Tensor start) =>
        settings.DynamicThresholdRatio is { } ratio ? Threshold(start, ratio) : Clip(start, settings.ClipRange!.Value);

    private static Tensor Clip(Tensor start, double range) => start.clamp(Real(-range), Real(range));

    private Tensor Threshold(Tensor start, double ratio)
    {
        var values = start.flatten(1).to(ScalarType.Float32);                                              // [B, c h w]
        using var share = tensor((float)ratio, device: values.device);
        var limit = values.abs().quantile(share, 1, keepdim: true)
            .clamp(Real(Math.Min(1, settings.DynamicThresholdMaximum)), Real(settings.DynamicThresholdMaximum));   // [B, 1]
        return (minimum(maximum(values, -limit), limit) / limit).reshape(start.shape).to(start.dtype);
    }
}
