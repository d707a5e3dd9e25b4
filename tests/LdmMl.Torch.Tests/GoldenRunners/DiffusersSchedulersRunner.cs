using System.Text;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Diffusion.Schedulers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>diffusers' schedulers, step by step, from their own configuration files.</summary>
internal sealed class DiffusersSchedulersRunner : IGoldenRunner
{
    public string Group => "diffusers-schedulers";

    public void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var scheduler = Read(golden);
        var schedule = new NoiseSchedule(scheduler.Schedule);
        var plan = scheduler.Sampling.CreatePlan(schedule);
        var network = new RecordedNetwork(schedule, scheduler);
        var noise = new RecordedNoise(golden.Inputs["noise"]);
        var first = golden.Inputs["x"] * Real(plan.InitialScale);

        List<Tensor> starts = [];
        var options = new SamplingOptions
        {
            Noise = noise,
            Progress = new StepProgress(progress =>
            {
                network.EndStep(noise.Draws);
                starts.Add(progress.Start.clone().DetachFromDisposeScope());
            }),
        };
        var final = scheduler.Sampling.Sampler.Sample(network, first, plan, options);

        golden.Check("alphas_cumprod", tensor(schedule.AlphaBar.Select(value => (float)value).ToArray()));
        golden.Check("init_noise_sigma", plan.InitialScale);
        golden.Check("timesteps", tensor(network.Times.ToArray()));
        golden.Check("trajectory", stack([.. network.States, final]));
        golden.Check("model_input", stack(network.Inputs));
        golden.Check("model_output", stack(network.Outputs));
        if (golden.Outputs.ContainsKey("pred_original_sample"))
            golden.Check("pred_original_sample", stack(starts));
        CheckDraws(golden, plan, network.Draws);
        if (golden.Outputs.ContainsKey("add_noise"))
            CheckForward(golden, schedule, network, scheduler.Sampling.Grid);
        if (golden.Outputs.TryGetValue("sigmas", out var sigmas))
            golden.Check("sigmas", Sigmas(schedule, plan, network, golden, sigmas.numel()));
    }

    private static DiffusersScheduler Read(GoldenCase golden)
    {
        var settings = golden.Settings;
        settings.Describes("given");                                   // the part of the file that differs from the class' defaults
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(settings.Node("scheduler_config").ToJsonString()));
        var scheduler = DiffusersScheduler.Read(stream);
        var arguments = settings.Object("step_kwargs");
        var sampler = scheduler.Sampling.Sampler switch
        {
            DdimSampler ddim => ddim with { Eta = arguments.Number("eta", 0) },
            EulerSampler euler => euler with { Churn = KDiffusionRunner.ChurnOf(arguments) },
            HeunSampler heun => heun with { Churn = KDiffusionRunner.ChurnOf(arguments) },
            LmsSampler lms => lms with { Order = arguments.Int("order", 4) },
            var other => other,
        };
        return scheduler with { Sampling = scheduler.Sampling with { Steps = settings.Int("num_inference_steps"), Sampler = sampler } };
    }

    // In a step to the clean image noise has no effect, and nothing is drawn after it: there the reference may draw and this library does not.
    private static void CheckDraws(GoldenCase golden, SamplingPlan plan, List<long> draws)
    {
        var expected = golden.Outputs["draws_per_step"];
        if (plan.Steps[^1].To.Sigma == 0 && draws[^1] == 0)
            draws[^1] = expected[-1].item<long>();
        golden.Check("draws_per_step", tensor(draws.ToArray()));
    }

    // The forward process at two of the requested times, and v at two given ones.
    private static void CheckForward(GoldenCase golden, NoiseSchedule schedule, RecordedNetwork network, SamplingGrid grid)
    {
        var (start, noise) = (golden.Inputs["x0_for_add_noise"], golden.Inputs["noise"][0]);
        int[] asked = [0, network.Times.Count / 2];
        golden.Check("add_noise_t", tensor(asked.Select(index => network.Times[index]).ToArray()));
        var noisy = asked.Select((index, row) => grid == SamplingGrid.Sigmas
            ? start[row].Plus(noise[row] * Real(network.Levels[index].Sigma))
            : new GaussianDiffusion(schedule).AddNoise(start.narrow(0, row, 1), [(long)network.Times[index]], noise.narrow(0, row, 1))[0]);
        golden.Check("add_noise", stack(noisy.ToList()));
        if (golden.Outputs.ContainsKey("velocity"))
        {
            long[] steps = [3, Math.Min(900, schedule.Steps - 1)];
            golden.Check("velocity", new GaussianDiffusion(schedule).Target(Prediction.Velocity, start, noise, steps));
        }
    }

    // Schedulers over sigmas list those of their steps; the others list the table from which they take theirs.
    private static Tensor Sigmas(NoiseSchedule schedule, SamplingPlan plan, RecordedNetwork network, GoldenCase golden, long count)
    {
        var table = new SigmaTable(schedule).Sigmas;
        switch (golden.Settings.Node("scheduler_config")["_class_name"]!.GetValue<string>())
        {
            case "KDPM2DiscreteScheduler":                             // the ends of the steps, each twice
                var ends = plan.Steps.SelectMany(step => new[] { step.To.Sigma, step.To.Sigma });
                return Floats(ends.Prepend(plan.Steps[0].From.Sigma).Append(plan.Steps[^1].To.Sigma));
            case "DPMSolverMultistepScheduler" or "UniPCMultistepScheduler":
                return Floats(count == schedule.Steps ? table : SigmaSpacing.Karras((int)count, table[0], table[^1])[..^1].Reverse());
            default:
                return Floats(network.Levels.Select(level => level.Sigma).Append(0));
        }
    }

    private static Tensor Floats(IEnumerable<double> values) => tensor(values.Select(value => (float)value).ToArray());

    /// <summary>The toy network as a limited denoiser, with all its inputs and outputs.</summary>
    private sealed class RecordedNetwork : IDenoiser
    {
        private readonly IDenoiser denoiser;
        private readonly SigmaTable table;
        private int lastDraws;

        public RecordedNetwork(NoiseSchedule schedule, DiffusersScheduler scheduler)
        {
            denoiser = scheduler.Sampling.Limit(new NetworkDenoiser(Predict, schedule, scheduler.Prediction));
            table = new SigmaTable(schedule);
        }

        public List<double> Times { get; } = [];

        public List<NoiseLevel> Levels { get; } = [];

        public List<Tensor> States { get; } = [];

        public List<Tensor> Inputs { get; } = [];

        public List<Tensor> Outputs { get; } = [];

        public List<long> Draws { get; } = [];

        public Denoised Denoise(Tensor state, NoiseLevel level)
        {
            Times.Add(level.Timestep ?? table.TimestepOf(level.Ratio));
            Levels.Add(level);
            States.Add(Kept(state));
            Draws.Add(0);
            return denoiser.Denoise(state, level);
        }

        public void EndStep(int draws)
        {
            Draws[^1] = draws - lastDraws;
            lastDraws = draws;
        }

        private Tensor Predict(Tensor state, Tensor times)
        {
            Inputs.Add(Kept(state));
            var output = ToyNetwork.Predict(state, times);
            Outputs.Add(Kept(output));
            return output;
        }

        private static Tensor Kept(Tensor tensor) => tensor.clone().DetachFromDisposeScope();
    }
}
