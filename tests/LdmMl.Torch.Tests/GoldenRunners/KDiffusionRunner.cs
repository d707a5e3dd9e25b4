using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>k-diffusion's sigmas, samplers and wrappers of CompVis models, with closed forms for the network.</summary>
internal sealed class KDiffusionRunner : IGoldenRunner
{
    public string Group => "k-diffusion";

    public void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (golden.Config["combos"] is not null)
            CheckSigmas(golden);
        else if (golden.Config["target"]!.GetValue<string>().StartsWith("k_diffusion.sampling.", StringComparison.Ordinal))
            CheckSampler(golden);
        else
            CheckWrapper(golden);
    }

    private static void CheckSigmas(GoldenCase golden)
    {
        foreach (var output in golden.Outputs.Keys)
        {
            var parts = output.Split('_');
            var numbers = parts[1..].Select(double.Parse).ToArray();
            golden.Check(output, Floats(parts[0] switch
            {
                "karras" => SigmaSpacing.Karras((int)numbers[0], numbers[1], numbers[2], numbers[3]),
                "exponential" => SigmaSpacing.Exponential((int)numbers[0], numbers[1], numbers[2]),
                "polyexp" => SigmaSpacing.PolynomialExponential((int)numbers[0], numbers[1], numbers[2], numbers[3] / 7),
                "vp" => SigmaSpacing.VariancePreserving((int)numbers[0]),
                "ancestral" => Split(numbers),
                var other => throw new NotSupportedException(other),
            }));
        }

        static double[] Split(double[] numbers)
        {
            var (down, up) = AncestralNoise.Split(numbers[0], numbers[1], numbers[2]);
            return [down, up];
        }
    }

    private static void CheckSampler(GoldenCase golden)
    {
        var plan = SamplingPlan.FromSigmas([.. golden.Inputs["sigmas"].data<float>().Select(sigma => (double)sigma)]);
        var denoiser = new RecordingDenoiser(new ToyDenoiser());
        var options = new SamplingOptions
        {
            Noise = golden.Inputs.TryGetValue("noise", out var noise) ? new RecordedNoise(noise) : new NoNoise(),
            OnStep = _ => denoiser.EndStep(),
        };

        golden.Check("final", Sampler(golden).Sample(denoiser, golden.Inputs["x"], plan, options));
        golden.Check("x_before_step", stack(denoiser.States));
        golden.Check("denoised", stack(denoiser.Starts));
    }

    private static Sampler Sampler(GoldenCase golden)
    {
        var arguments = golden.Config["kwargs"]!;
        var eta = arguments["eta"]?.GetValue<double>();
        var churn = new Churn { Amount = arguments["s_churn"]?.GetValue<double>() ?? 0, NoiseScale = arguments["s_noise"]?.GetValue<double>() ?? 1 };
        return golden.Config["target"]!.GetValue<string>()["k_diffusion.sampling.sample_".Length..] switch
        {
            "euler" => new EulerSampler { Churn = churn },
            "euler_ancestral" => new EulerAncestralSampler { Eta = eta ?? 1 },
            "heun" => new HeunSampler { Churn = churn },
            "dpm_2" => new Dpm2Sampler { Churn = churn },
            "lms" => new LmsSampler(),
            "dpmpp_2m" => new DpmSolverPlusPlus2MSampler(),
            "dpmpp_2s_ancestral" => new DpmSolverPlusPlus2SAncestralSampler { Eta = eta ?? 1 },
            "dpmpp_2m_sde" => new DpmSolverPlusPlus2MSampler { Eta = eta ?? 1 },
            "dpmpp_3m_sde" => new DpmSolverPlusPlus3MSampler { Eta = eta ?? 1 },
            var other => throw new NotSupportedException(other),
        };
    }

    private static void CheckWrapper(GoldenCase golden)
    {
        var schedule = DiffusionRunner.Schedule(golden.Config);
        var table = new SigmaTable(schedule);
        var velocity = golden.Config["target"]!.GetValue<string>().EndsWith("VDenoiser", StringComparison.Ordinal);
        var count = golden.Config["n"]!.GetValue<int>();
        var denoiser = new NetworkDenoiser(
            (state, times) => ToyNetwork.Predict(state, times), schedule, velocity ? Prediction.Velocity : Prediction.Epsilon)
        {
            WholeTimesteps = golden.Config["quantize"]!.GetValue<bool>(),
        };
        golden.Check("sigmas", Floats(table.Sigmas));
        golden.Check("log_sigmas", tensor(table.LogSigmas.ToArray()));
        golden.Check("get_sigmas", Floats(table.EvenlySpaced(count)));
        golden.Check("get_sigmas_all_head", Floats(table.EvenlySpaced(schedule.Steps).Take(6)));
        var probes = golden.Inputs["probe_sigma"].data<float>().ToArray();
        golden.Check("sigma_to_t", golden.Outputs["sigma_to_t"].is_floating_point()
            ? Floats(probes.Select(sigma => table.TimestepOf(sigma)))
            : tensor(probes.Select(sigma => (long)table.NearestStep(sigma)).ToArray()));
        golden.Check("sigma_to_t_quantized", tensor(probes.Select(sigma => (long)table.NearestStep(sigma)).ToArray()));
        golden.Check("t_to_sigma", Floats(golden.Inputs["probe_t"].data<float>().ToArray().Select(time => table.SigmaOf(time))));
        CheckDenoiser(golden, denoiser, table.EvenlySpaced(count));
        CheckLoss(golden, denoiser, velocity);
    }

    // The mean squared error of the network's own prediction where the noise is 0.3 everywhere.
    private static void CheckLoss(GoldenCase golden, NetworkDenoiser denoiser, bool velocity)
    {
        const double Noise = 0.3;
        var levels = golden.Inputs["sigma"].data<float>().ToArray();
        var losses = levels.Select((sigma, row) =>
        {
            var start = golden.Inputs["x"][row].unsqueeze(0);
            var denoised = denoiser.Denoise(start + Real(Noise * sigma), NoiseLevel.OfSigma(sigma));
            var scale = Math.Sqrt(1 + (sigma * sigma));
            var error = velocity
                ? (denoised.Epsilon - Real(Noise) - (Real(sigma) * (denoised.Start - start))) / Real(scale)
                : denoised.Epsilon - Real(Noise);
            return error.pow(Whole(2)).mean();
        });
        // v is put together again from x_0 and epsilon, whose rounding counts twice in its square.
        golden.Check("loss", stack(losses.ToList()), allowed: velocity ? 2e-6 : 0);
    }

    private static void CheckDenoiser(GoldenCase golden, NetworkDenoiser denoiser, double[] sigmas)
    {
        var state = golden.Inputs["x"];
        var levels = golden.Inputs["sigma"].data<float>().ToArray();
        var rows = levels.Select((sigma, row) => denoiser.Denoise(state[row].unsqueeze(0), NoiseLevel.OfSigma(sigma)).Start);
        golden.Check("denoised", cat(rows.ToList()));

        var plan = SamplingPlan.FromSigmas(sigmas);
        var options = new SamplingOptions { Noise = new NoNoise() };
        var first = state * Real(plan.InitialScale);
        golden.Check("traj_euler", new EulerSampler().Sample(denoiser, first, plan, options));

        // The reference's own float32 trajectory is 5 to 7e-7 of its largest value away from the same steps in float64, which is more than its
        // tolerance says; this library may be as far on the other side.
        golden.Check("traj_dpmpp_2m", new DpmSolverPlusPlus2MSampler().Sample(denoiser, first, plan, options), allowed: 1.2e-6 * Largest("traj_dpmpp_2m"));

        double Largest(string output) => golden.Outputs[output].abs().max().item<float>();
    }

    private static Tensor Floats(IEnumerable<double> values) => tensor(values.Select(value => (float)value).ToArray());

    /// <summary>D(x, sigma) = 0.9 x / (1 + sigma²) + 0.1 sin(3 x / (1 + sigma)).</summary>
    private sealed class ToyDenoiser : IDenoiser
    {
        public Denoised Denoise(Tensor state, NoiseLevel level)
        {
            var sigma = level.Sigma;
            var start = (state * Real(0.9 / (1 + (sigma * sigma)))).Plus(Real(0.1) * (state * Real(3 / (1 + sigma))).sin());
            return Denoised.FromStart(state, level, start);
        }
    }

    /// <summary>Keeps what is asked and answered first in each step, as the reference's callback does.</summary>
    private sealed class RecordingDenoiser(IDenoiser denoiser) : IDenoiser
    {
        private bool recorded;

        public List<Tensor> States { get; } = [];

        public List<Tensor> Starts { get; } = [];

        public void EndStep() => recorded = false;

        public Denoised Denoise(Tensor state, NoiseLevel level)
        {
            var denoised = denoiser.Denoise(state, level);
            if (!recorded)
            {
                States.Add(state.clone().DetachFromDisposeScope());
                Starts.Add(denoised.Start.clone().DetachFromDisposeScope());
            }

            recorded = true;
            return denoised;
        }
    }

    private sealed class NoNoise : INoiseSource
    {
        public Tensor Draw(Tensor state) => zeros_like(state);
    }
}
