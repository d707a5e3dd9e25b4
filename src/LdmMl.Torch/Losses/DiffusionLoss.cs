using System.Collections.Immutable;
using LdmMl.Torch.Diffusion;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>
/// The loss of a diffusion network: the mean error of its predictions, scaled by an optionally learned variance, plus the weighted variational bound
/// (CompVis <c>p_losses</c>).
/// </summary>
internal sealed class DiffusionLoss : IDisposable
{
    private readonly DiffusionLossOptions options;
    private readonly Tensor logVariance;                         // [T]
    private readonly ImmutableArray<double> variational;
    private readonly ImmutableArray<double>? snr;

    public DiffusionLoss(NoiseSchedule schedule, DiffusionLossOptions options, Device? device = null)
    {
        options.Validate();
        this.options = options;
        variational = DiffusionLossWeights.Variational(schedule, options.Prediction);
        snr = options.MinimumSnrGamma is { } gamma ? DiffusionLossWeights.MinimumSnr(schedule, options.Prediction, gamma) : null;
        logVariance = full([schedule.Steps], Real((float)options.LogVariance), device: device).DetachFromDisposeScope();
        LogVariance = options.LearnLogVariance ? new Parameter(logVariance) : null;
    }

    /// <summary>Gets the learned log variances [T], for the optimiser; null if they are fixed.</summary>
    public Parameter? LogVariance { get; }

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="predicted">The network's prediction [B, c, h, w].</param>
    /// <param name="target">The target (<see cref="GaussianDiffusion.Target"/>), [B, c, h, w].</param>
    /// <param name="steps">Each row's t.</param>
    public DiffusionLossValue Compute(Tensor predicted, Tensor target, ReadOnlySpan<long> steps)
    {
        using var scope = NewDisposeScope();
        var errors = Errors(predicted, target);                  // [B]
        var weighted = snr is { } weights ? errors * StepCoefficients.At(weights, steps, errors) : errors;
        var variance = (LogVariance ?? logVariance).index_select(0, tensor(steps.ToArray(), device: predicted.device));   // [B]
        var scaled = (weighted / variance.exp()).Plus(variance).mean();
        var bound = (errors * StepCoefficients.At(variational, steps, errors)).mean();
        var total = (scaled * Real(options.SimpleWeight)).Plus(bound * Real(options.VariationalWeight));
        return new DiffusionLossValue(scope.MoveToOuter(total), errors.mean().Read<float>(), scaled.Read<float>(), bound.Read<float>());
    }

    public void Dispose()
    {
        LogVariance?.Dispose();
        logVariance.Dispose();
    }

    // [B, c, h, w] x 2 -> [B]
    private Tensor Errors(Tensor predicted, Tensor target)
    {
        using var scope = NewDisposeScope();
        var difference = target - predicted;
        var errors = options.Error == ReconstructionError.Absolute ? difference.abs() : difference.pow(Whole(2));
        return scope.MoveToOuter(errors.flatten(1).mean([1]));
    }
}
