using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// One step of DPM-Solver of order 1, 2 or 3 for states x_0 + sigma epsilon, from t to t' with t = -ln sigma, with its own width for each row
/// (Lu et al. 2022, algorithms 1 and 2). The orders share network calls.
/// </summary>
internal sealed class SolverStep
{
    private readonly SamplingRun run;
    private readonly Tensor state;
    private readonly double[] from;
    private readonly double[] width;
    private readonly Tensor first;
    private (double Share, Tensor Noise)? middle;

    /// <summary>Calls the network at the beginning of the step.</summary>
    /// <param name="run">The network.</param>
    /// <param name="state">The states, [B, c, h, w].</param>
    /// <param name="from">t of each row.</param>
    /// <param name="to">t' of each row.</param>
    public SolverStep(SamplingRun run, Tensor state, double[] from, double[] to)
    {
        (this.run, this.state, this.from) = (run, state, from);
        width = [.. to.Zip(from, (after, before) => after - before)];
        first = Epsilon(state, 0);
    }

    /// <summary>Takes the step.</summary>
    /// <param name="order">1, 2 or 3.</param>
    /// <returns>The states after it, [B, c, h, w].</returns>
    public Tensor Take(int order) => order switch
    {
        1 => Along(1),
        2 => Second(1.0 / 2),
        _ => Third(),
    };

    /// <summary>Takes the step in second order, with the second call at a share of its width.</summary>
    public Tensor Second(double share)
    {
        var change = AtMiddle(share) - first;
        return Along(1).Plus(change * Column(1, (sigma, h) => -sigma * double.ExpM1(h) / (2 * share)));
    }

    private Tensor Third()
    {
        const double Near = 1.0 / 3, Far = 2.0 / 3;
        var change = AtMiddle(Near) - first;
        var there = Along(Far).Plus(change * Column(Far, (sigma, h) => -sigma * (Far / Near) * Excess(Far * h)));
        return Along(1).Plus((Epsilon(there, Far) - first) * Column(1, (sigma, h) => -sigma / Far * Excess(h)));
    }

    // Reused by the other order of the same step.
    private Tensor AtMiddle(double share)
    {
        if (middle is not { } known || known.Share != share)
            middle = known = (share, Epsilon(Along(share), share));
        return known.Noise;
    }

    // A first-order step over a share of the width.
    private Tensor Along(double share) => state.Plus(first * Column(share, (sigma, h) => -sigma * double.ExpM1(share * h)));

    private Tensor Epsilon(Tensor there, double share)
    {
        NoiseLevel[] levels = [.. Sigmas(share).Select(sigma => NoiseLevel.OfSigma(sigma))];
        return (there - run.Denoise(there, levels).Start) / RowColumn.Of(there, levels.Select(level => level.Sigma));
    }

    private Tensor Column(double share, Func<double, double, double> factor) => RowColumn.Of(state, Sigmas(share).Zip(width, factor));

    private IEnumerable<double> Sigmas(double share) => from.Zip(width, (time, h) => Math.Exp(-(time + (share * h))));

    // (e^h - 1) / h - 1; h / 2 for tiny h.
    private static double Excess(double h) => Math.Abs(h) < 1e-6 ? h / 2 : (double.ExpM1(h) / h) - 1;
}
