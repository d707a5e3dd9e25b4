using System.Text.Json.Nodes;
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
        switch (golden.Name[..3])
        {
            case "f01":
                CheckTables(golden);
                break;
            case "f02":
                CheckDdimTables(golden);
                break;
            case "f03":
                CheckProcess(golden);
                CheckLosses(golden, Schedule(golden.Config["params"]!), context: null);
                break;
            case "f04":
                CheckLatent(golden);
                break;
            case "f05" or "f06" or "f07":
                DiffusionTrajectories.Check(golden);
                break;
            case "f08":
                CheckScale(golden);
                break;
            default:
                throw new NotSupportedException($"{golden.Name} is of no known kind.");
        }
    }

    public static NoiseSchedule Schedule(JsonNode parameters) => new(new NoiseScheduleConfig
    {
        Steps = parameters["timesteps"]?.GetValue<int>() ?? 1000,
        Curve = (parameters["beta_schedule"]?.GetValue<string>() ?? "linear") switch
        {
            "linear" => BetaCurve.ScaledLinear,
            "sqrt_linear" => BetaCurve.Linear,
            "cosine" => BetaCurve.Cosine,
            "sqrt" => BetaCurve.SquareRoot,
            var other => throw new NotSupportedException(other),
        },
        FirstBeta = parameters["linear_start"]?.GetValue<double>() ?? 1e-4,
        LastBeta = parameters["linear_end"]?.GetValue<double>() ?? 2e-2,
        PosteriorBetaShare = parameters["v_posterior"]?.GetValue<double>() ?? 0,
    });

    public static Prediction PredictionOf(JsonNode parameters) =>
        parameters["parameterization"]?.GetValue<string>() == "x0" ? Prediction.Start : Prediction.Epsilon;

    private static void CheckTables(GoldenCase golden)
    {
        var parameters = golden.Config["params"]!;
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
        var schedule = Schedule(golden.Config["ddpm"]!);
        golden.Check("alphas_cumprod", Table(schedule.AlphaBar));
        foreach (var combination in golden.Config["combos"]!.AsArray())
        {
            var (kind, count, eta) = (combination![0]!.GetValue<string>(), combination[1]!.GetValue<int>(), combination[2]!.GetValue<double>());
            var name = $"{kind}_{count}_eta{eta:0.0}";
            var timesteps = kind == "quad" ? Timesteps.Quadratic(schedule.Steps, count) : Timesteps.Strided(schedule.Steps, count);
            golden.Check($"{name}.timesteps", tensor(timesteps.Select(step => (long)step).ToArray()));
            if (timesteps[^1] == schedule.Steps)
                continue;   // a timestep that the schedule does not have: the reference fails, a plan leaves it out

            DiffusionTrajectories.CheckDdimTables(golden, schedule, timesteps, eta, name + ".");
        }
    }

    private static void CheckProcess(GoldenCase golden)
    {
        var parameters = golden.Config["params"]!;
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
        var parameters = golden.Config["params"]!;
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
    private static NoiseSchedule LatentSchedule(JsonNode parameters) =>
        parameters["linear_start"] is null ? new NoiseSchedule(NoiseScheduleConfig.LatentDiffusion) : Schedule(parameters);

    private static void CheckLosses(GoldenCase golden, NoiseSchedule schedule, Tensor? context)
    {
        var parameters = golden.Config["params"]!;
        var diffusion = new GaussianDiffusion(schedule);
        var prediction = PredictionOf(parameters);
        var (start, noise) = (golden.Inputs["x_start"], golden.Inputs["noise"]);
        var steps = golden.Inputs["t"].data<long>().ToArray();
        var predicted = ToyNetwork.Predict(diffusion.AddNoise(start, steps, noise), golden.Inputs["t"], context);
        var target = diffusion.Target(prediction, start, noise, steps);
        foreach (var (name, error) in new[] { ("l1", ReconstructionError.Absolute), ("l2", ReconstructionError.Squared) })
        {
            using var loss = new DiffusionLoss(diffusion.Schedule, new DiffusionLossOptions
            {
                Prediction = prediction,
                Error = error,
                SimpleWeight = parameters["l_simple_weight"]?.GetValue<double>() ?? 1,
                VariationalWeight = parameters["original_elbo_weight"]?.GetValue<double>() ?? 0,
                LogVariance = parameters["logvar_init"]?.GetValue<double>() ?? 0,
                LearnLogVariance = parameters["learn_logvar"]?.GetValue<bool>() ?? false,
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
