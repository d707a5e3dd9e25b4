using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>The weights of one UniPC step (Zhao et al. 2023, eq. 5 and appendix C) for estimates of x_0.</summary>
internal sealed class UniPcPolynomial
{
    private readonly SamplingStep step;
    private readonly double width;
    private readonly double[] ratios;                            // of the nodes, in units of the width; the last is 1, the step's end

    public UniPcPolynomial(SamplingPlan plan, int index, int order)
    {
        step = plan.Steps[index];
        width = step.To.Lambda - step.From.Lambda;
        ratios = new double[order];
        for (var ago = 1; ago < order; ago++)
            ratios[ago - 1] = (plan.Steps[index - ago].From.Lambda - step.From.Lambda) / width;
        ratios[^1] = 1;
    }

    /// <summary>How the past estimates differ from one, over the width between them.</summary>
    public List<Tensor> Differences(SamplingRun run, Tensor estimate, int newest) =>
        [.. Enumerable.Range(1, ratios.Length - 1).Select(ago => (run.Past(newest + ago).Denoised.Start - estimate) / ratios[ago - 1])];

    /// <summary>x' = (sigma' / sigma) x - alpha' (e^-h - 1) (x_0 + the weighted differences).</summary>
    public Tensor Move(Tensor state, Tensor estimate, List<Tensor> differences, double[] weights)
    {
        using var scope = NewDisposeScope();
        var start = estimate.alias();
        for (var i = 0; i < differences.Count; i++)
            start += differences[i] * weights[i];
        return scope.MoveToOuter(new ExponentialStep(step, eta: 0).Move(state, start));
    }

    /// <summary>The weights of the past estimates; for order 2 the paper's constant.</summary>
    public double[] PredictorWeights() => ratios.Length switch
    {
        1 => [],
        2 => [0.5],
        _ => Solve(ratios.Length - 1),
    };

    /// <summary>The weights of the past estimates and of the one at the step's end; for order 1 the paper's constant.</summary>
    public double[] CorrectorWeights() => ratios.Length == 1 ? [0.5] : Solve(ratios.Length);

    // sum over the nodes of ratio^(k - 1) weight = phi_k, k = 1 to the order: Gauss elimination of at most 3 equations.
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
        var scaled = -width;
        var b = Math.Exp(scaled) - 1;
        var phi = (b / scaled) - 1;
        var factorial = 1.0;
        var values = new double[order];
        for (var k = 1; k <= order; k++)
        {
            values[k - 1] = phi * factorial / b;
            factorial *= k + 1;
            phi = (phi / scaled) - (1 / factorial);
        }

        return values;
    }
}
