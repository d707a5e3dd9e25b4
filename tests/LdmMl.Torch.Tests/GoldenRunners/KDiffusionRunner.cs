using System.Globalization;
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
        if (golden.Settings.Has("combos"))
            CheckSigmas(golden);
        else if (golden.Settings.Has("runs"))
            CheckSolvers(golden);
        else if (golden.Settings.Text("target").StartsWith("k_diffusion.sampling.", StringComparison.Ordinal))
            CheckSampler(golden);
        else
            CheckWrapper(golden);
    }

    private static void CheckSigmas(GoldenCase golden)
    {
        // The names of the outputs contain the same numbers, with those of the other functions.
        golden.Settings.Describes("combos");
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

    // Solvers that choose their own steps between two sigmas.
    private static void CheckSolvers(GoldenCase golden)
    {
        var name = golden.Settings.Text("target")["k_diffusion.sampling.sample_".Length..];
        var (smallest, largest) = (golden.Settings.Number("sigma_min"), golden.Settings.Number("sigma_max"));
        var runs = golden.Settings.Objects("runs");
        for (var i = 0; i < runs.Count; i++)
        {
            var (sampler, count, calls) = (SamplerRegistry.Create(name), 1, 0);
            var arguments = runs[i].Object("kwargs");
            if (arguments.Has("n"))
                count = arguments.Int("n");
            foreach (var option in arguments.Keys.Where(option => option != "n"))
                sampler = SamplerRegistry.With(sampler, option, arguments.Number(option).ToString(CultureInfo.InvariantCulture));
            var options = new SamplingOptions
            {
                Noise = new RecordedNoise(golden.Inputs["noise"]), Progress = new StepProgress(progress => calls = progress.NetworkCalls),
            };

            golden.Check($"final_{i}", sampler.Sample(new ToyDenoiser(), golden.Inputs["x"], Plan(count), options));
            Assert.Equal(runs[i].Int("calls"), calls);
        }

        SamplingPlan Plan(int steps) =>
            SamplingPlan.FromSigmas([.. Enumerable.Range(0, steps + 1).Select(step => largest + (step * (smallest - largest) / steps))]);
    }

    private static void CheckSampler(GoldenCase golden)
    {
        golden.Settings.Describes("n", "karras");                      // of which the input's sigmas were made
        var plan = SamplingPlan.FromSigmas([.. golden.Inputs["sigmas"].data<float>().Select(sigma => (double)sigma)]);
        var denoiser = new RecordingDenoiser(new ToyDenoiser());
        var options = new SamplingOptions
        {
            Noise = golden.Inputs.TryGetValue("noise", out var noise) ? new RecordedNoise(noise) : new NoNoise(),
            Progress = new StepProgress(_ => denoiser.EndStep()),
        };

        golden.Check("final", SamplerOf(golden.Settings).Sample(denoiser, golden.Inputs["x"], plan, options));
        golden.Check("x_before_step", stack(denoiser.States));
        golden.Check("denoised", stack(denoiser.Starts));
    }

    private static ISampler SamplerOf(CaseSettings settings)
    {
        var arguments = settings.Object("kwargs");
        return settings.Text("target")["k_diffusion.sampling.sample_".Length..] switch
        {
            "euler" => new EulerSampler { Churn = ChurnOf(arguments) },
            "euler_ancestral" => new EulerAncestralSampler { Eta = arguments.Number("eta", 1), NoiseScale = NoiseScale(arguments) },
            "heun" => new HeunSampler { Churn = ChurnOf(arguments), LargestFall = double.PositiveInfinity },
            "dpm_2" => new Dpm2Sampler { Churn = ChurnOf(arguments) },
            "dpm_2_ancestral" => new Dpm2AncestralSampler { Eta = arguments.Number("eta", 1), NoiseScale = NoiseScale(arguments) },
            "dpmpp_sde" => new DpmSolverPlusPlusSdeSampler
            {
                Eta = arguments.Number("eta", 1), NoiseScale = NoiseScale(arguments), Middle = arguments.Number("r", 0.5),
            },
            "lms" => new LmsSampler { Order = arguments.Int("order", 4) },
            "dpmpp_2m" => new DpmSolverPlusPlus2MSampler(),
            "dpmpp_2s_ancestral" => new DpmSolverPlusPlus2SAncestralSampler
            {
                Eta = arguments.Number("eta", 1), NoiseScale = NoiseScale(arguments),
            },
            "dpmpp_2m_sde" => new DpmSolverPlusPlus2MSampler
            {
                Eta = arguments.Number("eta", 1),
                NoiseScale = NoiseScale(arguments),
                Method = arguments.Choice("solver_type", "midpoint", ("midpoint", SecondOrder.Midpoint), ("heun", SecondOrder.Heun)),
            },
            "dpmpp_3m_sde" => new DpmSolverPlusPlus3MSampler { Eta = arguments.Number("eta", 1), NoiseScale = NoiseScale(arguments) },
            var other => throw settings.Unsupported("target", $"this library has no sampler {other}"),
        };
    }

    private static double NoiseScale(CaseSettings arguments) => arguments.Number("s_noise", 1);

    /// <summary>The arguments that Euler, Heun and DPM2 have.</summary>
    public static Churn ChurnOf(CaseSettings arguments) => new()
    {
        Amount = arguments.Number("s_churn", 0), NoiseScale = arguments.Number("s_noise", 1),
        SmallestSigma = arguments.Number("s_tmin", 0), LargestSigma = arguments.Number("s_tmax", double.PositiveInfinity),
    };

    private static void CheckWrapper(GoldenCase golden)
    {
        var settings = golden.Settings;
        var schedule = DiffusionRunner.Schedule(settings);
        var table = new SigmaTable(schedule);
        var velocity = settings.Text("target").EndsWith("VDenoiser", StringComparison.Ordinal);
        var count = settings.Int("n");
        var denoiser = new NetworkDenoiser(
            (state, times) => ToyNetwork.Predict(state, times), schedule, velocity ? Prediction.Velocity : Prediction.Epsilon)
        {
            WholeTimesteps = settings.Flag("quantize"),
        };
        golden.Check("sigmas", Floats(table.Sigmas));
        golden.Check("log_sigmas", tensor(table.LogSigmas.ToArray()));
        golden.Check("get_sigmas", Floats(table.EvenlySpaced(count)));
        if (golden.Outputs.ContainsKey("get_sigmas_all_head"))
            golden.Check("get_sigmas_all_head", Floats(table.EvenlySpaced(schedule.Steps).Take(6)));
        var probes = golden.Inputs["probe_sigma"].data<float>().ToArray();
        golden.Check("sigma_to_t", golden.Outputs["sigma_to_t"].is_floating_point()
            ? Floats(probes.Select(sigma => table.TimestepOf(sigma)))
            : tensor(probes.Select(sigma => (long)table.NearestStep(sigma)).ToArray()));
        golden.Check("sigma_to_t_quantized", tensor(probes.Select(sigma => (long)table.NearestStep(sigma)).ToArray()));
        golden.Check("t_to_sigma", Floats(golden.Inputs["probe_t"].data<float>().ToArray().Select(time => table.SigmaOf(time))));
        CheckDenoiser(golden, denoiser);
        CheckLoss(golden, denoiser, velocity);
    }

    // The mean squared error of the network's own prediction if the noise is 0.3 everywhere.
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
        // v is recomputed from x_0 and epsilon, whose rounding counts twice in its square.
        golden.Check("loss", stack(losses.ToList()), allowed: velocity ? 2e-6 : 0);
    }

    // Trajectories over the reference's own sigmas: if they are not bit-identical, neither are the states.
    private static void CheckDenoiser(GoldenCase golden, NetworkDenoiser denoiser)
    {
        double[] sigmas = [.. golden.Outputs["get_sigmas"].data<float>().Select(sigma => (double)sigma)];
        var state = golden.Inputs["x"];
        var levels = golden.Inputs["sigma"].data<float>().ToArray();
        var rows = levels.Select((sigma, row) => denoiser.Denoise(state[row].unsqueeze(0), NoiseLevel.OfSigma(sigma)).Start);
        golden.Check("denoised", cat(rows.ToList()));

        var plan = SamplingPlan.FromSigmas(sigmas);
        var options = new SamplingOptions { Noise = new NoNoise() };
        var first = state * Real(plan.InitialScale);
        golden.Check("traj_euler", new EulerSampler().Sample(denoiser, first, plan, options));

        // The reference's own float32 trajectory is 5 to 7e-7 of its largest value away from the same steps in float64, which is more than its
        // tolerance says; this library may be off by as much in the other direction.
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

    /// <summary>Keeps the first input and output in each step, as the reference's callback does.</summary>
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
