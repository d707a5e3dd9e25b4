using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// The forward process and its posterior in closed form (Ho et al. 2020, section 2), for batches in which each row has its own step.
/// All tensors are [B, c, h, w]; the steps are B numbers from 0 to T - 1; the caller owns the results. Gradients flow.
/// </summary>
/// <param name="schedule">The tables.</param>
public sealed class GaussianDiffusion(NoiseSchedule schedule)
{
    /// <summary>Gets the tables.</summary>
    public NoiseSchedule Schedule { get; } = schedule ?? throw new ArgumentNullException(nameof(schedule));

    /// <summary>Samples x_t = sqrt(alphaBar_t) x_0 + sqrt(1 - alphaBar_t) epsilon (eq. 4).</summary>
    /// <param name="start">x_0.</param>
    /// <param name="steps">Each row's t.</param>
    /// <param name="noise">epsilon, standard normal.</param>
    /// <returns>x_t.</returns>
    public Tensor AddNoise(Tensor start, ReadOnlySpan<long> steps, Tensor noise)
    {
        using var scope = NewDisposeScope();
        RequireSameShape(start, noise, nameof(noise));
        var signal = StepCoefficients.At(Schedule.SqrtAlphaBar, steps, start);
        var spread = StepCoefficients.At(Schedule.SqrtOneMinusAlphaBar, steps, start);
        return scope.MoveToOuter((signal * start).Plus(spread * noise));
    }

    /// <summary>Takes one forward step: samples q(x_t | x_{t-1}) = N(sqrt(1 - beta_t) x_{t-1}, beta_t I) (eq. 2).</summary>
    /// <param name="previous">x_{t-1}; x_0 where t is 0.</param>
    /// <param name="steps">Each row's t.</param>
    /// <param name="noise">Standard normal noise.</param>
    /// <returns>x_t.</returns>
    public Tensor Step(Tensor previous, ReadOnlySpan<long> steps, Tensor noise)
    {
        using var scope = NewDisposeScope();
        RequireSameShape(previous, noise, nameof(noise));
        var beta = StepCoefficients.At(Schedule.Betas, steps, previous);
        return scope.MoveToOuter(((Real(1) - beta).sqrt() * previous).Plus(beta.sqrt() * noise));
    }

    /// <summary>The moments of q(x_t | x_0) (eq. 4).</summary>
    /// <param name="start">x_0.</param>
    /// <param name="steps">Each row's t.</param>
    /// <returns>Mean, variance and log variance.</returns>
    internal GaussianMoments Marginal(Tensor start, ReadOnlySpan<long> steps)
    {
        using var scope = NewDisposeScope();
        var spread = StepCoefficients.At(Schedule.SqrtOneMinusAlphaBar, steps, start);
        return new GaussianMoments(
            scope.MoveToOuter(StepCoefficients.At(Schedule.SqrtAlphaBar, steps, start) * start),
            scope.MoveToOuter(spread.pow(Whole(2))),
            scope.MoveToOuter(StepCoefficients.At(Schedule.LogOneMinusAlphaBar, steps, start)));
    }

    /// <summary>The moments of the posterior q(x_{t-1} | x_t, x_0) (eq. 6 and 7).</summary>
    /// <param name="start">x_0, or a network's estimate of it.</param>
    /// <param name="state">x_t.</param>
    /// <param name="steps">Each row's t.</param>
    /// <returns>Mean, variance and log variance (of 1e-20 at step 0, where the variance is 0).</returns>
    internal GaussianMoments Posterior(Tensor start, Tensor state, ReadOnlySpan<long> steps)
    {
        using var scope = NewDisposeScope();
        RequireSameShape(state, start, nameof(start));
        var mean = (StepCoefficients.At(Schedule.PosteriorStartCoefficient, steps, state) * start)
            .Plus(StepCoefficients.At(Schedule.PosteriorStateCoefficient, steps, state) * state);
        return new GaussianMoments(
            scope.MoveToOuter(mean),
            scope.MoveToOuter(StepCoefficients.At(Schedule.PosteriorVariance, steps, state)),
            scope.MoveToOuter(StepCoefficients.At(Schedule.PosteriorLogVariance, steps, state)));
    }

    /// <summary>Computes the training target: what a network must predict at x_t.</summary>
    /// <param name="prediction">The prediction type.</param>
    /// <param name="start">x_0.</param>
    /// <param name="noise">epsilon.</param>
    /// <param name="steps">Each row's t.</param>
    /// <returns>epsilon, x_0 or v, as a new tensor.</returns>
    public Tensor Target(Prediction prediction, Tensor start, Tensor noise, ReadOnlySpan<long> steps)
    {
        RequireSameShape(start, noise, nameof(noise));
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(prediction switch
        {
            Prediction.Epsilon => noise.alias(),
            Prediction.Start => start.alias(),
            Prediction.Velocity => (StepCoefficients.At(Schedule.SqrtAlphaBar, steps, start) * noise)
                - (StepCoefficients.At(Schedule.SqrtOneMinusAlphaBar, steps, start) * start),
            _ => throw new ArgumentOutOfRangeException(nameof(prediction), prediction, "There is no such prediction."),
        });
    }

    /// <summary>Converts a prediction at x_t to x_0.</summary>
    /// <param name="prediction">What was predicted.</param>
    /// <param name="predicted">The prediction.</param>
    /// <param name="state">x_t.</param>
    /// <param name="steps">Each row's t.</param>
    /// <returns>x_0, not clipped, as a new tensor. From epsilon it is infinite where alphaBar_t is 0.</returns>
    public Tensor ToStart(Prediction prediction, Tensor predicted, Tensor state, ReadOnlySpan<long> steps)
    {
        RequireSameShape(state, predicted, nameof(predicted));
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(prediction switch
        {
            Prediction.Epsilon => (StepCoefficients.At(Schedule.SqrtReciprocalAlphaBar, steps, state) * state)
                - (StepCoefficients.At(Schedule.SqrtReciprocalAlphaBarMinusOne, steps, state) * predicted),
            Prediction.Start => predicted.alias(),
            Prediction.Velocity => (StepCoefficients.At(Schedule.SqrtAlphaBar, steps, state) * state)
                - (StepCoefficients.At(Schedule.SqrtOneMinusAlphaBar, steps, state) * predicted),
            _ => throw new ArgumentOutOfRangeException(nameof(prediction), prediction, "There is no such prediction."),
        });
    }

    /// <summary>Converts a prediction at x_t to epsilon.</summary>
    /// <param name="prediction">What was predicted.</param>
    /// <param name="predicted">The prediction.</param>
    /// <param name="state">x_t.</param>
    /// <param name="steps">Each row's t.</param>
    /// <returns>epsilon, as a new tensor.</returns>
    public Tensor ToEpsilon(Prediction prediction, Tensor predicted, Tensor state, ReadOnlySpan<long> steps)
    {
        RequireSameShape(state, predicted, nameof(predicted));
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(prediction switch
        {
            Prediction.Epsilon => predicted.alias(),
            Prediction.Start => (state - (StepCoefficients.At(Schedule.SqrtAlphaBar, steps, state) * predicted))
                / StepCoefficients.At(Schedule.SqrtOneMinusAlphaBar, steps, state),
            Prediction.Velocity => (StepCoefficients.At(Schedule.SqrtAlphaBar, steps, state) * predicted)
                .Plus(StepCoefficients.At(Schedule.SqrtOneMinusAlphaBar, steps, state) * state),
            _ => throw new ArgumentOutOfRangeException(nameof(prediction), prediction, "There is no such prediction."),
        });
    }

    private static void RequireSameShape(Tensor expected, Tensor actual, string name)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(actual, name);
        if (!actual.shape.SequenceEqual(expected.shape))
        {
            throw new ArgumentException(
                $"[{string.Join(", ", actual.shape)}] and [{string.Join(", ", expected.shape)}]; both must have the same shape.", name);
        }
    }
}
