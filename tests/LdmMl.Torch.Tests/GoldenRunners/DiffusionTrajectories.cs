using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Whole trajectories of CompVis's ancestral sampling, DDIM and PLMS.</summary>
internal static class DiffusionTrajectories
{
    public static void Check(GoldenCase golden)
    {
        var settings = golden.Settings;
        ToyNetwork.Expect(settings);
        var ancestral = !settings.Has("S");
        var schedule = DiffusionRunner.Schedule(settings.OptionalObject("schedule") ?? settings);
        var plan = ancestral ? Ancestral(settings, schedule) : Ddim(golden, schedule);
        var sampler = SamplerOf(settings, ancestral);
        var masked = settings.Flag("masked");
        var first = golden.Inputs["x_T"];
        List<Tensor> states = [first], starts = [first];
        var options = new SamplingOptions
        {
            Noise = masked ? MaskedNoise(golden, sampler) : new RecordedNoise(golden.Inputs["noise"]),
            Inpainting = masked ? new Inpainting(golden.Inputs["x0"], golden.Inputs["mask"]) : null,
            Progress = new StepProgress(progress =>
            {
                states.Add(progress.State.clone().DetachFromDisposeScope());
                starts.Add(progress.Start.clone().DetachFromDisposeScope());
            }),
        };
        using var weights = golden.Weights();
        golden.Check("final", sampler.Sample(Denoiser(golden, schedule, weights), first, plan, options));
        golden.Check(ancestral ? "intermediates" : "x_inter", stack(states));
        if (!ancestral)
            golden.Check("pred_x0", stack(starts));
    }

    public static void CheckDdimTables(GoldenCase golden, NoiseSchedule schedule, int[] rising, double eta, string prefix)
    {
        // The reference computes its sigmas from float32 alphas, in which 1 - alpha of the first timesteps has few digits left.
        var steps = SamplingPlan.FromTimesteps(schedule, [.. rising.Reverse()]).Steps.Reverse()
            .Select(step => (From: (float)step.From.AlphaBar, To: (float)step.To.AlphaBar)).ToArray();
        golden.Check(prefix + "alphas", tensor(steps.Select(step => step.From).ToArray()));
        golden.Check(prefix + "alphas_prev", tensor(steps.Select(step => step.To).ToArray()));
        golden.Check(prefix + "sqrt_one_minus_alphas", tensor(steps.Select(step => MathF.Sqrt(1 - step.From)).ToArray()));
        golden.Check(prefix + "sigmas", tensor(steps.Select(step => DdimSampler.Sigma(step.From, step.To, eta)).ToArray()), Rounding(golden, prefix));
    }

    // For a single step the reference computes in float32 throughout: 1 - alpha / alpha' loses four of its seven digits there.
    private static double Rounding(GoldenCase golden, string prefix) =>
        golden.Outputs[prefix + "sigmas"].dtype == ScalarType.Float32 ? 1e-7 : 0;

    private static ISampler SamplerOf(CaseSettings settings, bool ancestral)
    {
        if (ancestral)
            return new DdpmSampler { Temperature = settings.Number("temperature", 1) };
        if (!settings.Text("target").EndsWith("PLMSSampler", StringComparison.Ordinal))
            return new DdimSampler { Eta = settings.Number("eta"), Temperature = settings.Number("temperature") };
        settings.Expect("eta", 0.0);
        settings.Describes("temperature");                             // of noise, of which there is none
        return new PlmsSampler();
    }

    // start_T is how many of the chain's last steps are taken.
    private static SamplingPlan Ancestral(CaseSettings settings, NoiseSchedule schedule) => SamplingPlan.FromTimesteps(
        schedule, [.. Enumerable.Range(0, settings.OptionalInt("start_T") ?? schedule.Steps).Reverse()], NoiseLevel.Clean);

    private static SamplingPlan Ddim(GoldenCase golden, NoiseSchedule schedule)
    {
        var settings = golden.Settings;
        var spacing = settings.Choice("ddim_discretize", "uniform", ("uniform", TimestepSpacing.UniformStride), ("quad", TimestepSpacing.Quadratic));
        var timesteps = Timesteps.Choose(schedule.Steps, settings.Int("S"), spacing);
        Assert.Equal(settings.Int("actual_steps", timesteps.Length), timesteps.Length);
        var eta = settings.Number("eta");
        var plan = SamplingPlan.FromTimesteps(schedule, timesteps);
        golden.Check("timesteps", tensor(timesteps.Select(step => (long)step).ToArray()));
        golden.Check("ddim_alphas", tensor(plan.Steps.Select(step => step.From.AlphaBar).ToArray()));
        golden.Check("ddim_alphas_prev", tensor(plan.Steps.Select(step => step.To.AlphaBar).ToArray()));
        golden.Check("ddim_sigmas", tensor(plan.Steps.Select(step => DdimSampler.Sigma(step.From.AlphaBar, step.To.AlphaBar, eta)).ToArray()));
        return plan;
    }

    // DDIM and PLMS blend the mask before the step's own noise is drawn, ancestral sampling after it. Where a step's noise has no effect, the
    // reference draws it and this library does not.
    private static RecordedNoise MaskedNoise(GoldenCase golden, ISampler sampler) => sampler switch
    {
        DdpmSampler => new RecordedNoise(golden.Inputs["noise"], golden.Inputs["q_noise"]),
        DdimSampler { Eta: > 0 } => new RecordedNoise(golden.Inputs["q_noise"], golden.Inputs["noise"]),
        _ => new RecordedNoise(golden.Inputs["q_noise"]),
    };

    private static IDenoiser Denoiser(GoldenCase golden, NoiseSchedule schedule, StateDictionary weights)
    {
        var prediction = DiffusionRunner.PredictionOf(golden.Settings);
        var scale = golden.Settings.Number("unconditional_guidance_scale", 1);
        if (!weights.TryGetValue("cond_stage_model.embedding.weight", out var table))
            return new NetworkDenoiser((state, times) => ToyNetwork.Predict(state, times), schedule, prediction);

        var context = table.index_select(0, golden.Inputs["class_label"]).unsqueeze(1);
        if (golden.Outputs.ContainsKey("cond"))
            golden.Check("cond", context);
        if (!golden.Inputs.TryGetValue("uncond_label", out var label))
            return new NetworkDenoiser((state, times) => ToyNetwork.Predict(state, times, context), schedule, prediction);

        var without = table.index_select(0, label).unsqueeze(1);
        return new NetworkDenoiser(Guidance.Combine((state, times, rows) => ToyNetwork.Predict(state, times, rows), without, context, scale), schedule, prediction);
    }
}
