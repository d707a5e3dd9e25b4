using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>The weights of one UniPC step (Zhao et al. 2023, eq. 5 and appendix C), for estimates of x_0 or of epsilon.</summary>
internal sealed class UniPcPolynomial
{
    private readonly UniPcSampler sampler;
    private readonly SamplingStep step;
    private readonly double exponent;                            // -h for x_0, h for epsilon
    private readonly double[] ratios;                            // the nodes in units of h; the last is 1, the step's end

    public UniPcPolynomial(UniPcSampler sampler, SamplingPlan plan, int index, int order)
    {
        this.sampler = sampler;
        step = plan.Steps[index];
        var width = step.To.Lambda - step.From.Lambda;
        exponent = sampler.Solved == Prediction.Epsilon ? width : -width;
        ratios = new double[order];
        for (var ago = 1; ago < order; ago++)
            ratios[ago - 1] = (plan.Steps[index - ago].From.Lambda - step.From.Lambda) / width;
        ratios[^1] = 1;
    }

    /// <summary>The differences of the past estimates from one, divided by the width between them.</summary>
    public List<Tensor> Differences(SamplingRun run, Tensor estimate, int newest) =>
        [.. Enumerable.Range(1, ratios.Length - 1)
            .Select(ago => (sampler.Estimate(run.Past(newest + ago).Denoised) - estimate) / Real(ratios[ago - 1]))];

    /// <summary>
    /// x' = (sigma' / sigma) x - alpha' (e^-h - 1) (x_0 + the weighted differences), or the same for epsilon with the roles swapped.
    /// </summary>
    public Tensor Move(Tensor state, Tensor estimate, List<Tensor> differences, double[] weights)
    {
        using var scope = NewDisposeScope();
        var mean = estimate.alias();
        for (var i = 0; i < differences.Count; i++)
            mean += differences[i] * Real(weights[i]);
        return scope.MoveToOuter(sampler.Solved == Prediction.Epsilon
            ? (state * Real(step.To.Alpha / step.From.Alpha)) - (mean * Real(step.To.Sigma * (Math.Exp(exponent) - 1)))
            : new ExponentialStep(step, eta: 0).Move(state, mean));
    }

    /// <summary>The weights of the past estimates; for order 2 the paper's constant.</summary>
    public double[] PredictorWeights() => ratios.Length switch
    {
        1 => [],
        2 => [Half()],
        _ => Solve(ratios.Length - 1),
    };

    /// <summary>The weights of the past estimates and of the one at the step's end; for order 1 the paper's constant.</summary>
    public double[] CorrectorWeights() => ratios.Length == 1 ? [Half()] : Solve(ratios.Length);

    // B / 2 in units of e^h - 1. A step from pure noise is infinitely wide, so h itself cannot be the unit.
    private double Half() => sampler.Basis == UniPcBasis.Linear && double.IsFinite(exponent) ? 0.5 * exponent / (Math.Exp(exponent) - 1) : 0.5;

    // sum over the nodes of ratio^(k - 1) weight = phi_k, k = 1 to the order: Gaussian elimination of at most 3 equations.
    private double[] Solve(int order)
    {
        var rows = new double[order, order + 1];
        var phi = Phi(order);
        for (var k = 0; k < order; k++)
        {
            for (var node = 0; node < order; node++)
                rows[k, node] = Math.Pow(ratios[node], k);
            rows[k, order] = phi[k];
        }

        for (var pivot = 0; pivot < order; pivot++)
        {
            for (var k = 0; k < order; k++)
            {
                if (k == pivot)
                    continue;
                var factor = rows[k, pivot] / rows[pivot, pivot];
                for (var column = pivot; column <= order; column++)
                    rows[k, column] -= factor * rows[pivot, column];
            }
        }

        return [.. Enumerable.Range(0, order).Select(k => rows[k, order] / rows[k, k])];
    }

    private double[] Phi(int order)
    {
        var growth = Math.Exp(exponent) - 1;
        var phi = (growth / exponent) - 1;
        var factorial = 1.0;
        var values = new double[order];
        for (var k = 1; k <= order; k++)
        {
            values[k - 1] = phi * factorial / growth;
            factorial *= k + 1;
            phi = (phi / exponent) - (1 / factorial);
        }

        return values;
    }
}
