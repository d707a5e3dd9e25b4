using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Models.UNets.Storage;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>Reads a latent diffusion model's config, without its first stage, from a CompVis YAML.</summary>
internal static class CompVisDiffusion
{
    // The default side of the training latents.
    private const int UsualSide = 256;

    /// <summary>Reads the config.</summary>
    /// <param name="root">The file.</param>
    /// <returns>The config, and the class of the conditioning stage, if any.</returns>
    /// <exception cref="InvalidDataException">A value is missing, or describes something that this library does not support.</exception>
    public static (LatentDiffusionConfig Config, string? ConditionStage) Read(ConfigMap root)
    {
        var model = root.Map("model") ?? root;
        _ = model.NeededText("target");
        var parameters = model.NeededMap("params");
        if (SgmDiffusion.Describes(parameters))
            return SgmDiffusion.Read(parameters);
        var unet = CompVisUNet.Read(parameters.NeededMap("unet_config"));
        var conditioning = new CompVisConditioning(parameters);
        var side = parameters.Integer("image_size") ?? UsualSide;
        var config = new LatentDiffusionConfig
        {
            UNet = unet,
            Schedule = Schedule(parameters),
            Prediction = Predicts(parameters),
            Conditioning = conditioning.Read(unet),
            LatentHeight = side,
            LatentWidth = side,
        };
        RefuseUnknown(parameters);
        return (config, conditioning.StageClass);
    }

    private static Prediction Predicts(ConfigMap model) => (model.Text("parameterization") ?? "eps") switch
    {
        "eps" => Prediction.Epsilon,
        "x0" => Prediction.Start,
        "v" => Prediction.Velocity,
        var other => throw new InvalidDataException($"its 'parameterization' is '{other}'; supported are eps, x0 and v."),
    };

    private static NoiseScheduleConfig Schedule(ConfigMap model)
    {
        if (model.Has("given_betas"))
            throw model.Unsupported("given_betas", "'beta_schedule'");
        return new NoiseScheduleConfig
        {
            Steps = model.Integer("timesteps") ?? 1000,
            Curve = (model.Text("beta_schedule") ?? "linear") switch
            {
                "linear" => BetaCurve.ScaledLinear,
                "sqrt_linear" => BetaCurve.Linear,
                "sqrt" => BetaCurve.SquareRoot,
                "cosine" => BetaCurve.Cosine,
                var other => throw new InvalidDataException($"its 'beta_schedule' is '{other}'; supported are linear, sqrt_linear, sqrt and cosine."),
            },
            FirstBeta = model.Number("linear_start") ?? 1e-4,
            LastBeta = model.Number("linear_end") ?? 2e-2,
            CosineOffset = model.Number("cosine_s") ?? 8e-3,
            PosteriorBetaShare = model.Number("v_posterior") ?? 0,
        };
    }

    // Keys that matter only to training, or to CompVis' own samplers, have no effect here.
    private static void RefuseUnknown(ConfigMap model)
    {
        if ((model.Integer("num_timesteps_cond") ?? 1) != 1)
            throw model.Unsupported("num_timesteps_cond", "1");
        model.Ignore(
            "first_stage_config", "first_stage_key", "cond_stage_key", "cond_stage_trainable", "cond_stage_forward", "concat_mode", "conditioning_key",
            "channels", "monitor", "log_every_t", "ckpt_path", "ignore_keys", "load_only_unet", "scheduler_config", "scale_factor", "scale_by_std",
            "loss_type", "original_elbo_weight", "l_simple_weight", "learn_logvar", "logvar_init", "clip_denoised", "use_ema", "ema_decay",
            "ucg_training", "reset_ema", "reset_num_ema_updates", "make_it_fit", "finetune_keys", "concat_keys", "masked_image_key", "mask_key",
            "image_key", "base_learning_rate", "learning_rate", "weight_decay", "restarted_from_ckpt", "cond_stage_config");
        model.RefuseUnread();
    }
}
