using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Training;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>CompVis <c>DDPM</c>, <c>LatentDiffusion</c>, <c>DDIMSampler</c> and <c>PLMSSampler</c>, with a closed form for the network.</summary>
internal sealed class DiffusionRunner : IGoldenRunner
{
    public string Group => "diffusion";

    public void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var settings = golden.Settings;
        var target = settings.Text("target", "");
        if (settings.Has("combos"))
            CheckDdimTables(golden);
        else if (target.EndsWith(".on_train_batch_start", StringComparison.Ordinal))
            CheckScale(golden);
        else if (target.EndsWith("Sampler", StringComparison.Ordinal) || target.EndsWith("_loop", StringComparison.Ordinal))
            DiffusionTrajectories.Check(golden);
        else if (!settings.Object("params").Has("unet_config"))
            CheckTables(golden);
        else if (target.EndsWith(".LatentDiffusion", StringComparison.Ordinal))
            CheckLatent(golden);
        else
            CheckPixels(golden);
    }

    public static NoiseSchedule Schedule(CaseSettings parameters) => new(ScheduleConfig(parameters));

    public static Prediction PredictionOf(CaseSettings parameters) =>
        parameters.Choice("parameterization", "eps", ("eps", Prediction.Epsilon), ("x0", Prediction.Start), ("v", Prediction.Velocity));

    private static NoiseScheduleConfig ScheduleConfig(CaseSettings parameters) => new()
    {
        Steps = parameters.Int("timesteps", 1000),
        Curve = parameters.Choice(
            "beta_schedule", "linear",
            ("linear", BetaCurve.ScaledLinear), ("sqrt_linear", BetaCurve.Linear), ("cosine", BetaCurve.Cosine), ("sqrt", BetaCurve.SquareRoot)),
        FirstBeta = parameters.Number("linear_start", 1e-4),
        LastBeta = parameters.Number("linear_end", 2e-2),
        CosineOffset = parameters.Number("cosine_s", 8e-3),
        PosteriorBetaShare = parameters.Number("v_posterior", 0),
    };

    private static void CheckTables(GoldenCase golden)
    {
        var parameters = golden.Settings.Object("params");
        var schedule = Schedule(parameters);
        golden.Check("betas_f64", tensor(schedule.Betas.ToArray()));
        golden.Check("betas", Table(schedule.Betas));
        golden.Check("alphas_cumprod", Table(schedule.AlphaBar));
        golden.Check("alphas_cumprod_prev", Table(schedule.PreviousAlphaBar));
        golden.Check("sqrt_alphas_cumprod", Table(schedule.SqrtAlphaBar));
        golden.Check("sqrt_one_minus_alphas_cumprod", Table(schedule.SqrtOneMinusAlphaBar));
        golden.Check("log_one_minus_alphas_cumprod", Table(schedule.LogOneMinusAlphaBar));
        golden.Check("sqrt_recip_alphas_cumprod", Table(schedule.SqrtReciprocalAlphaBar));
        golden.Check("sqrt_recipm1_alphas_cumprod", Table(schedule.SqrtReciprocalAlphaBarMinusOne));
        golden.Check("posterior_variance", Table(schedule.PosteriorVariance));
        golden.Check("posterior_log_variance_clipped", Table(schedule.PosteriorLogVariance));
        golden.Check("posterior_mean_coef1", Table(schedule.PosteriorStartCoefficient));
        golden.Check("posterior_mean_coef2", Table(schedule.PosteriorStateCoefficient));
        golden.Check("lvlb_weights", Table(DiffusionLossWeights.Variational(schedule, PredictionOf(parameters))));
    }

    private static void CheckDdimTables(GoldenCase golden)
    {
        var schedule = Schedule(golden.Settings.Object("ddpm"));
        golden.Check("alphas_cumprod", Table(schedule.AlphaBar));
        foreach (var combination in golden.Settings.Node("combos").AsArray())
        {
            var (kind, count, eta) = (combination![0]!.GetValue<string>(), combination[1]!.GetValue<int>(), combination[2]!.GetValue<double>());
            var name = $"{kind}_{count}_eta{eta:0.0}";
            var timesteps = kind == "quad" ? Timesteps.Quadratic(schedule.Steps, count) : Timesteps.Strided(schedule.Steps, count);
            golden.Check($"{name}.timesteps", tensor(timesteps.Select(step => (long)step).ToArray()));
            if (timesteps[^1] == schedule.Steps)
                continue;   // a timestep outside the schedule: the reference fails, a plan skips it

            DiffusionTrajectories.CheckDdimTables(golden, schedule, timesteps, eta, name + ".");
        }
    }

    private static void CheckPixels(GoldenCase golden)
    {
        CheckProcess(golden);
        CheckLosses(golden, Schedule(golden.Settings.Object("params")), context: null);
    }

    private static void CheckProcess(GoldenCase golden)
    {
        var parameters = golden.Settings.Object("params");
        var diffusion = new GaussianDiffusion(Schedule(parameters));
        var prediction = PredictionOf(parameters);
        var (start, state, noise) = (golden.Inputs["x_start"], golden.Inputs["x_t"], golden.Inputs["noise"]);
        var steps = golden.Inputs["t"].data<long>().ToArray();

        golden.Check("q_sample", diffusion.AddNoise(start, steps, noise));
        using var marginal = diffusion.Marginal(start, steps);
        golden.Check("q_mean", marginal.Mean);
        golden.Check("q_variance", marginal.Variance);
        golden.Check("q_log_variance", marginal.LogVariance);
        using var posterior = diffusion.Posterior(start, state, steps);
        golden.Check("q_posterior_mean", posterior.Mean);
        golden.Check("q_posterior_variance", posterior.Variance);
        golden.Check("q_posterior_log_variance", posterior.LogVariance);
        golden.Check("predict_start_from_noise", diffusion.ToStart(Prediction.Epsilon, noise, state, steps));

        var output = ToyNetwork.Predict(state, golden.Inputs["t"]);
        golden.Check("model_out", output);
        foreach (var clipped in (bool[])[false, true])
            CheckBackwardStep(golden, diffusion, diffusion.ToStart(prediction, output, state, steps), clipped);
    }

    private static void CheckBackwardStep(GoldenCase golden, GaussianDiffusion diffusion, Tensor start, bool clipped)
    {
        var (state, noise) = (golden.Inputs["x_t"], golden.Inputs["noise"]);
        var steps = golden.Inputs["t"].data<long>().ToArray();
        using var moments = diffusion.Posterior(clipped ? start.clamp(Real(-1), Real(1)) : start, state, steps);
        var mask = tensor(steps.Select(step => step == 0 ? 0f : 1f).ToArray()).reshape(-1, 1, 1, 1);
        var deviation = (Real(0.5) * moments.LogVariance).exp() * mask;
        golden.Check($"p_mean_clip{clipped}", moments.Mean);
        golden.Check($"p_sample_clip{clipped}", moments.Mean.Plus(deviation * noise));
        if (!clipped)
            return;
        golden.Check("p_variance", moments.Variance);
        golden.Check("p_log_variance", moments.LogVariance);
        golden.Check("p_sample_repeat_noise", moments.Mean.Plus(deviation * noise[0]));   // one noise for all rows
    }

    private static void CheckLatent(GoldenCase golden)
    {
        var parameters = golden.Settings.Object("params");
        var diffusion = new GaussianDiffusion(LatentSchedule(parameters));
        var (state, noise) = (golden.Inputs["x_t"], golden.Inputs["noise"]);
        var steps = golden.Inputs["t"].data<long>().ToArray();
        using var weights = golden.Weights();
        var context = weights.TryGetValue("cond_stage_model.embedding.weight", out var table)
            ? table.index_select(0, golden.Inputs["class_label"]).unsqueeze(1)
            : null;
        if (context is not null)
            golden.Check("cond", context);

        var output = ToyNetwork.Predict(state, golden.Inputs["t"], context);
        golden.Check("apply_model", output);
        var start = diffusion.ToStart(PredictionOf(parameters), output, state, steps);
        var mask = tensor(steps.Select(step => step == 0 ? 0f : 1f).ToArray()).reshape(-1, 1, 1, 1);
        using var moments = diffusion.Posterior(start, state, steps);
        golden.Check("p_sample", moments.Mean.Plus(Real(0.8) * (Real(0.5) * moments.LogVariance).exp() * mask * noise));
        golden.Check("p_sample_x0", start);
        using var clipped = diffusion.Posterior(start.clamp(Real(-1), Real(1)), state, steps);
        golden.Check("p_sample_clip", clipped.Mean.Plus((Real(0.5) * clipped.LogVariance).exp() * mask * noise));
        golden.Check("p_sample_clip_x0", start.clamp(Real(-1), Real(1)));
        CheckLosses(golden, diffusion.Schedule, context);
    }

    // These cases state no betas; they are those of the published latent diffusion models.
    private static NoiseSchedule LatentSchedule(CaseSettings parameters)
    {
        var schedule = ScheduleConfig(parameters);
        var usual = NoiseScheduleConfig.LatentDiffusion;
        return new NoiseSchedule(parameters.Has("linear_start") ? schedule : schedule with { FirstBeta = usual.FirstBeta, LastBeta = usual.LastBeta });
    }

    private static void CheckLosses(GoldenCase golden, NoiseSchedule schedule, Tensor? context)
    {
        var parameters = golden.Settings.Object("params");
        var diffusion = new GaussianDiffusion(schedule);
        var prediction = PredictionOf(parameters);
        var (start, noise) = (golden.Inputs["x_start"], golden.Inputs["noise"]);
        var steps = golden.Inputs["t"].data<long>().ToArray();
        ToyNetwork.Expect(parameters);
        var predicted = ToyNetwork.Predict(diffusion.AddNoise(start, steps, noise), golden.Inputs["t"], context);
        var target = diffusion.Target(prediction, start, noise, steps);
        foreach (var (name, error) in new[] { ("l1", ReconstructionError.Absolute), ("l2", ReconstructionError.Squared) })
        {
            using var loss = new DiffusionLoss(diffusion.Schedule, new DiffusionLossOptions
            {
                Prediction = prediction,
                Error = error,
                SimpleWeight = parameters.Number("l_simple_weight", 1),
                VariationalWeight = parameters.Number("original_elbo_weight", 0),
                LogVariance = parameters.Number("logvar_init", 0),
                LearnLogVariance = parameters.Flag("learn_logvar", false),
            });
            if (golden.Inputs.TryGetValue("logvar", out var logVariance))
                loss.LogVariance?.copy_(logVariance);
            using var value = loss.Compute(predicted, target, steps);
            golden.Check($"p_losses_{name}.val/loss", value.Total);
            golden.Check($"p_losses_{name}.val/loss_simple", value.Simple);
            golden.Check($"p_losses_{name}.val/loss_vlb", value.Variational);
            if (loss.LogVariance is null)
                continue;
            golden.Check($"p_losses_{name}.val/loss_gamma", value.Scaled);
            golden.Check($"p_losses_{name}.logvar", loss.LogVariance.mean());
        }
    }

    private static void CheckScale(GoldenCase golden)
    {
        golden.Settings.Expect("scale_by_std", true);
        golden.Settings.Expect("first_stage", "IdentityFirstStage");
        var latents = golden.Inputs["image_bhwc"].permute(0, 3, 1, 2);
        var measured = new LatentScale();
        measured.Add(latents);
        var scale = Real(1 / measured.Deviation);
        golden.Check("before", 1.0);
        golden.Check("scale_factor", 1 / measured.Deviation);
        golden.Check("get_first_stage_encoding", latents * scale);
        golden.Check("decode_first_stage", latents / scale);
    }

    private static Tensor Table(IEnumerable<double> values) => tensor(values.Select(value => (float)value).ToArray());
}
