using LdmMl.Torch.Arguments;

using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>
/// A network that was trained on a schedule's forward steps, as a denoiser of any state: scales the state as the network expects, looks up the
/// time, and converts the prediction to x_0 and epsilon (the preconditioning of Karras et al. 2022, table 1, "VP").
/// </summary>
/// <param name="network">Returns the prediction [B, c, h, w] for a variance-preserving state [B, c, h, w] and times [B], float32.</param>
/// <param name="schedule">The schedule that the network was trained on.</param>
/// <param name="prediction">The prediction type.</param>
public sealed class NetworkDenoiser(Func<Tensor, Tensor, Tensor> network, NoiseSchedule schedule, Prediction prediction) : IDenoiser
{
    private readonly SigmaTable sigmas = new(schedule);

    /// <summary>Gets whether times are rounded to the schedule's steps, for networks that only know whole steps.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool WholeTimesteps { get; init; }

    /// <inheritdoc/>
    public Denoised Denoise(Tensor state, NoiseLevel level)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var scope = NewDisposeScope();
        var scale = Scale(level);
        var times = full([state.shape[0]], Real((float)TimestepOf(level)), device: state.device);
        var predicted = network(state / Real(scale), times);
        var denoised = Split(state, level, predicted, scale);
        return new Denoised(scope.MoveToOuter(denoised.Start), scope.MoveToOuter(denoised.Epsilon));
    }

    /// <inheritdoc/>
    public Denoised Denoise(Tensor state, IReadOnlyList<NoiseLevel> levels)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(levels);
        using var scope = NewDisposeScope();
        NoiseLevel[] kept = [.. levels.Select(VarianceKept)];
        var scale = RowColumn.Of(state, levels.Select(Scale));
        var times = RowColumn.Of(state, levels.Select(TimestepOf)).flatten().to(ScalarType.Float32);
        var scaled = state / scale;
        var predicted = network(scaled, times);
        var (alpha, sigma) = (RowColumn.Of(state, kept.Select(level => level.Alpha)), RowColumn.Of(state, kept.Select(level => level.Sigma)));
        var (start, epsilon) = prediction switch
        {
            Prediction.Epsilon when kept.Any(level => level.Alpha == 0) => throw PureNoise(),
            Prediction.Epsilon => ((scaled - (predicted * sigma)) / alpha, predicted),
            Prediction.Start => (predicted, (scaled - (predicted * alpha)) / sigma),
            Prediction.Velocity => ((scaled * alpha) - (predicted * sigma), (predicted * alpha).Plus(scaled * sigma)),
            _ => throw new InvalidOperationException($"{prediction} is not a prediction type of this library."),
        };
        return new Denoised(scope.MoveToOuter(start.alias()), scope.MoveToOuter(epsilon.alias()));
    }

    private static double Scale(NoiseLevel level) => Math.Sqrt((level.Alpha * level.Alpha) + (level.Sigma * level.Sigma));

    private static NoiseLevel VarianceKept(NoiseLevel level) => new(level.Alpha / Scale(level), level.Sigma / Scale(level));

    private static InvalidOperationException PureNoise() => WordedException.Of(
        $"The state is pure noise (zero terminal SNR): a network that predicts epsilon says nothing about the image there. "
        + $"Use one that predicts {Prediction.Velocity} or {Prediction.Start}, or {TimestepSpacing.Leading} spacing.",
        message => new InvalidOperationException(message));

    private double TimestepOf(NoiseLevel level)
    {
        if (level.Timestep is { } given)
            return WholeTimesteps ? Math.Round(given) : given;
        return WholeTimesteps ? sigmas.NearestStep(level.Ratio) : sigmas.TimestepOf(level.Ratio);
    }

    private Denoised Split(Tensor state, NoiseLevel level, Tensor predicted, double scale) => prediction switch
    {
        Prediction.Epsilon when level.Alpha == 0 => throw PureNoise(),
        Prediction.Epsilon => Denoised.FromEpsilon(state, level, predicted.alias()),
        Prediction.Start => Denoised.FromStart(state, level, predicted.alias()),
        // With a = alpha / scale and s = sigma / scale: x_0 = a x - s v and epsilon = a v + s x, for the scaled x.
        Prediction.Velocity => new Denoised(
            (state * Real(level.Alpha / scale / scale)) - (predicted * Real(level.Sigma / scale)),
            (predicted * Real(level.Alpha / scale)).Plus(state * Real(level.Sigma / scale / scale))),
        _ => throw new InvalidOperationException($"{prediction} is not a prediction type of this library."),
    };
}
