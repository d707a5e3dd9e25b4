namespace LdmMl.Torch.Checkpoints.CompVis;

/// <summary>Reads the description of a whole latent diffusion model in its YAML, without those of its networks.</summary>
internal static class CompVisDiffusionYaml
{
    private const string Unconditional = "__is_unconditional__";

    /// <summary>Takes the description out of a file's tree.</summary>
    /// <exception cref="InvalidDataException">It is not there or lacks something.</exception>
    public static CompVisDiffusion Parse(YamlMap root)
    {
        var model = root.Map("model") ?? root;
        var map = model.NeededMap("params");
        var usual = new CompVisDiffusion { Target = model.NeededText("target") };
        var (stage, stageParameters) = ConditionStage(map);
        return usual with
        {
            Timesteps = map.Integer("timesteps") ?? usual.Timesteps,
            BetaSchedule = map.Text("beta_schedule") ?? usual.BetaSchedule,
            LinearStart = map.Number("linear_start") ?? usual.LinearStart,
            LinearEnd = map.Number("linear_end") ?? usual.LinearEnd,
            CosineOffset = map.Number("cosine_s") ?? usual.CosineOffset,
            PosteriorBetaShare = map.Number("v_posterior") ?? 0,
            Parameterization = map.Text("parameterization") ?? usual.Parameterization,
            ImageSize = map.Integer("image_size") ?? usual.ImageSize,
            ConditioningKey = ConditioningKey(map, stage),
            ConditionStage = stage,
            ConditionKey = map.Text("cond_stage_key") ?? usual.ConditionKey,
            ClassCount = stageParameters?.Integer("n_classes"),
            TokenCount = stageParameters?.Integer("max_seq_len") ?? stageParameters?.Integer("max_length"),
        };
    }

    // A text names a special stage; a mapping names a class.
    private static (string? Stage, YamlMap? Parameters) ConditionStage(YamlMap map)
    {
        if (map.Map("cond_stage_config") is { } stage)
            return (stage.NeededText("target"), stage.Map("params"));
        var text = map.Text("cond_stage_config");
        return (text == Unconditional ? null : text, null);
    }

    // What the reference takes where the file says nothing.
    private static string? ConditioningKey(YamlMap map, string? stage)
    {
        if (stage is null)
            return null;
        return map.Text("conditioning_key") ?? (map.Truth("concat_mode") ?? true ? "concat" : "crossattn");
    }
}
