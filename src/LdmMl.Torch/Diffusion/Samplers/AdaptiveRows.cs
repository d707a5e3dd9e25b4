using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>The rows of one run of <see cref="DpmAdaptiveSampler"/>, each at its own time. Owns their states.</summary>
internal sealed class AdaptiveRows : IDisposable
{
    private const double Near = 1e-5;

    private readonly DpmAdaptiveSampler options;
    private readonly SamplingRun run;
    private readonly SolverRange range;
    private readonly StepController[] controllers;
    private readonly double[] times;
    private readonly int[] taken;
    private readonly List<Tensor> noises = [];
    private Tensor previous;

    /// <summary>Starts every row at the beginning of a plan.</summary>
    /// <param name="options">The sampler.</param>
    /// <param name="run">The network and the plan.</param>
    /// <param name="state">The first states, [B, c, h, w]; still owned by the caller.</param>
    public AdaptiveRows(DpmAdaptiveSampler options, SamplingRun run, Tensor state)
    {
        (this.options, this.run, range) = (options, run, new SolverRange(run.Plan));
        var count = (int)state.shape[0];
        times = [.. Enumerable.Repeat(range.Start, count)];
        taken = new int[count];
        controllers = [.. times.Select(_ => new StepController(options, options.FirstWidth))];
        (State, previous) = (Kept(state), Kept(state));
    }

    /// <summary>Gets the states, [B, c, h, w].</summary>
    public Tensor State { get; private set; }

    /// <summary>Gets whether one more network call leads to the clean image.</summary>
    public bool EndsClean => range.EndsClean;

    /// <summary>Gets how many of the plan's steps the solver replaces.</summary>
    public int StepCount => range.Calls;

    /// <summary>Gets whether every row has reached the end.</summary>
    public bool AreDone => !times.Any(IsUnderWay);

    /// <summary>Gets the share of its way that the slowest row has covered, 0 to 1.</summary>
    public double Progress => AreDone ? 1 : times.Min(time => (time - range.Start) / (range.End - range.Start));

    /// <summary>Attempts one step of each unfinished row, and accepts those whose error is small enough.</summary>
    /// <exception cref="InvalidOperationException">The network was called too often, or its output was not finite.</exception>
    public void Attempt()
    {
        if (run.NetworkCalls + options.Order > options.CallLimit)
        {
            throw new InvalidOperationException(
                $"The network was called {run.NetworkCalls} times, and a row is still at sigma {Math.Exp(-times.Min()):G4}, with steps of "
                + $"{controllers.Min(controller => controller.Width):G3} in ln sigma. Raise {nameof(options.RelativeTolerance)}, or "
                + $"{nameof(options.CallLimit)}.");
        }

        using var scope = NewDisposeScope();
        var state = run.Blend(State, [.. times.Select(time => NoiseLevel.OfSigma(Math.Exp(-time)))]);
        double[] to = [.. times.Zip(controllers, (time, controller) => Math.Min(range.End, time + controller.Width))];
        var split = times.Zip(to, (from, end) => range.Split(from, end, options.Eta)).ToArray();
        var step = new SolverStep(run, state, times, [.. split.Select(part => part.Down)]);
        var low = options.Order == 2 ? step.Take(1) : step.Second(1.0 / 3);
        var high = step.Take(options.Order);
        var accepts = times.Select((time, row) => IsUnderWay(time) && controllers[row].Accept(ErrorOf(row, low, high))).ToArray();
        Take(accepts, low, WithNoise(high, accepts, split));
        for (var row = 0; row < times.Length; row++)
            times[row] = accepts[row] ? to[row] : times[row];
    }

    /// <summary>Disposes the states and noises.</summary>
    public void Dispose()
    {
        State.Dispose();
        previous.Dispose();
        foreach (var noise in noises)
            noise.Dispose();
    }

    private bool IsUnderWay(double time) => time < range.End - Near;

    private void Take(bool[] accepts, Tensor low, Tensor high)
    {
        var mask = RowColumn.Of(State, accepts.Select(accept => accept ? 1.0 : 0.0)) > Real(0.5);
        var (next, before) = (where(mask, high, State), where(mask, low, previous));
        State.Dispose();
        previous.Dispose();
        (State, previous) = (Kept(next), Kept(before));
    }

    // The root mean square of the error relative to its tolerance, per row: a norm over several rows would sum in another order.
    private double ErrorOf(int row, Tensor low, Tensor high)
    {
        using var scope = NewDisposeScope();
        var (lower, higher) = (low[row].flatten(), high[row].flatten());
        using var absolute = tensor(options.AbsoluteTolerance, low.dtype, low.device);
        var tolerated = maximum(absolute, maximum(lower.abs(), previous[row].flatten().abs()) * Real(options.RelativeTolerance));
        var error = ((lower - higher) / tolerated).to(ScalarType.Float32).norm().Read<float>() / Math.Sqrt(lower.numel());
        return double.IsFinite(error) ? error : throw new InvalidOperationException(
            $"At sigma {Math.Exp(-times[row]):G4} the output of the network was not finite, or far too large.");
    }

    private Tensor WithNoise(Tensor high, bool[] accepts, (double Down, double Up)[] split)
    {
        if (options.Eta == 0)
            return high;
        var up = RowColumn.Of(high, split.Select(part => part.Up * options.NoiseScale));
        return high.Plus((run.Inpaints ? run.Draw(high) : NextNoises(high, accepts)) * up);
    }

    // Draw n of a row belongs to its n-th accepted step, wherever the other rows are.
    private Tensor NextNoises(Tensor state, bool[] accepts)
    {
        using var none = zeros_like(state.narrow(0, 0, 1));
        var rows = accepts.Select((accept, row) =>
        {
            if (!accept)
                return none;
            if (taken[row] == noises.Count)
                noises.Add(Kept(run.Draw(state)));
            return noises[taken[row]++].narrow(0, row, 1);
        });
        return cat([.. rows]);
    }

    private static Tensor Kept(Tensor tensor) => tensor.alias().DetachFromDisposeScope();
}
