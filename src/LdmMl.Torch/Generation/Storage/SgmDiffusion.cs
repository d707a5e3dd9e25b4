using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Models.UNets.Storage;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>Reads SDXL's config, apart from its first stage, from a YAML of Stability AI's generative-models (<c>DiffusionEngine</c>).</summary>
internal static class SgmDiffusion
{
    /// <summary>Marks a description of a schedule whose last step is pure noise, which sgm has no key for.</summary>
    public const string ZeroTerminalSnr = "_ldmml_zero_terminal_snr";

    private const string Network = "network_config";
    private const int Side = 128;               // of SDXL's latents; no key says it
    private const int Inpainting = 9;           // channels that go into an inpainting model

    /// <summary>Says whether a YAML is of this kind.</summary>
    /// <param name="model">The mapping <c>model.params</c>.</param>
    public static bool Describes(ConfigMap model) => model.Contains(Network);

    /// <summary>Reads the config.</summary>
    /// <param name="model">The mapping <c>model.params</c>.</param>
    /// <returns>The config, and the classes of the text encoders.</returns>
    /// <exception cref="InvalidDataException">The YAML lacks something, or describes something that this library does not have.</exception>
    public static (LatentDiffusionConfig Config, string ConditionStage) Read(ConfigMap model)
    {
        var conditioner = new SgmConditioner(model);
        var unet = CompVisUNet.Read(model.NeededMap(Network)) with { SizeDimension = conditioner.SizeDimension };
        var scheduler = Scheduler(model.NeededMap("denoiser_config"));
        var config = new LatentDiffusionConfig
        {
            UNet = unet,
            Schedule = scheduler.Schedule,
            Prediction = scheduler.Prediction,
            Sampling = scheduler.Sampling,
            Conditioning = ConditioningOf(unet, conditioner),
            LatentHeight = Side,
            LatentWidth = Side,
        };
        RefuseUnknown(model);
        return (config, string.Join(" or ", conditioner.Texts.Select(text => text.PythonClass)));
    }

    private static Conditioning ConditioningOf(UNetConfig unet, SgmConditioner conditioner)
    {
        ConfigMap.Require(unet is { ContextDimension: not null, VectorDimension: not null }, "its U-Net takes no context, or no vector ('adm_in_channels').");
        var pooled = unet.VectorDimension!.Value - (VectorConditioning.SizeCount * conditioner.SizeDimension);
        var context = new ContextConditioning
        {
            Dimension = unet.ContextDimension!.Value,
            Vector = new VectorConditioning { PooledDimension = pooled, SizeDimension = conditioner.SizeDimension },
        };
        return unet.InputChannels switch
        {
            var channels when channels == unet.OutputChannels => context,
            Inpainting => new ConcatenatedConditioning { Input = ConcatenatedInput.MaskThenMaskedImage, Context = context },
            var other => throw new InvalidDataException(
                $"its U-Net takes {other} channels; supported are {unet.OutputChannels}, and {Inpainting} for inpainting."),
        };
    }

    // Sampled as diffusers samples SDXL.
    private static DiffusersScheduler Scheduler(ConfigMap denoiser)
    {
        RequireClass(denoiser, "DiscreteDenoiser");
        var parameters = denoiser.NeededMap("params");
        var discretization = parameters.NeededMap("discretization_config");
        RequireClass(discretization, "LegacyDDPMDiscretization");
        var steps = discretization.Map("params") ?? new ConfigMap([]);
        using var json = new MemoryStream();
        JsonFile.Write(json, new JsonObject
        {
            ["_class_name"] = "EulerDiscreteScheduler",
            ["beta_schedule"] = "scaled_linear",
            ["beta_start"] = steps.Number("linear_start") ?? 0.00085,
            ["beta_end"] = steps.Number("linear_end") ?? 0.012,
            ["num_train_timesteps"] = steps.Integer("num_timesteps") ?? parameters.Integer("num_idx") ?? 1000,
            ["prediction_type"] = Prediction(parameters),
            ["timestep_spacing"] = "leading",
            ["steps_offset"] = 1,
            ["interpolation_type"] = "linear",
            ["rescale_betas_zero_snr"] = steps.Truth(ZeroTerminalSnr) ?? false,
        });
        parameters.Ignore("num_idx", "weighting_config");          // weights belong to training
        parameters.RefuseUnread();
        steps.RefuseUnread();
        json.Position = 0;
        return DiffusersScheduler.Read(json);
    }

    private static string Prediction(ConfigMap denoiser)
    {
        var scaling = denoiser.NeededMap("scaling_config").NeededText("target");
        return scaling.Split('.')[^1] switch
        {
            "EpsScaling" => "epsilon",
            "VScaling" => "v_prediction",
            _ => throw new InvalidDataException($"its 'scaling_config' is a '{scaling}'; supported are EpsScaling and VScaling."),
        };
    }

    private static void RequireClass(ConfigMap map, string supported)
    {
        var target = map.NeededText("target");
        ConfigMap.Require(target.Split('.')[^1] == supported, $"it describes a '{target}'; supported is {supported}.");
    }

    // What belongs to training and to sgm's own samplers changes nothing here.
    private static void RefuseUnknown(ConfigMap model)
    {
        model.Ignore(
            "scale_factor", "first_stage_config", "disable_first_stage_autocast", "use_ema", "ema_decay_rate", "ckpt_path", "input_key", "log_keys",
            "no_cond_log", "compile_model", "network_wrapper", "sampler_config", "loss_fn_config", "optimizer_config", "scheduler_config",
            "en_and_decode_n_samples_a_time");
        model.RefuseUnread();
    }
}
