namespace LdmMl.Torch.Checkpoints.CompVis;

/// <summary>A latent diffusion model beside its two networks, as a CompVis YAML describes it; each name lists its YAML key.</summary>
internal sealed record CompVisDiffusion
{
    /// <summary>Gets the Python class (<c>target</c>), such as <c>ldm.models.diffusion.ddpm.LatentDiffusion</c>.</summary>
    public required string Target { get; init; }

    /// <summary>Gets the number of forward steps (<c>timesteps</c>).</summary>
    public int Timesteps { get; init; } = 1000;

    /// <summary>Gets how beta grows (<c>beta_schedule</c>): linear, cosine, sqrt_linear or sqrt.</summary>
    public string BetaSchedule { get; init; } = "linear";

    /// <summary>Gets the first beta (<c>linear_start</c>).</summary>
    public double LinearStart { get; init; } = 1e-4;

    /// <summary>Gets the last beta (<c>linear_end</c>).</summary>
    public double LinearEnd { get; init; } = 2e-2;

    /// <summary>Gets the cosine's offset (<c>cosine_s</c>).</summary>
    public double CosineOffset { get; init; } = 8e-3;

    /// <summary>Gets the share of the upper bound in the variance of a backward step (<c>v_posterior</c>).</summary>
    public double PosteriorBetaShare { get; init; }

    /// <summary>Gets what the network predicts (<c>parameterization</c>): eps, x0 or v.</summary>
    public string Parameterization { get; init; } = "eps";

    /// <summary>Gets the side of the latents in training (<c>image_size</c>).</summary>
    public int ImageSize { get; init; } = 256;

    /// <summary>Gets how the network is told something (<c>conditioning_key</c>): crossattn, concat, hybrid or adm; null for not at all.</summary>
    public string? ConditioningKey { get; init; }

    /// <summary>Gets the Python class of what makes conditions (<c>cond_stage_config</c>), or <c>__is_first_stage__</c>; null where there is none.</summary>
    public string? ConditionStage { get; init; }

    /// <summary>Gets which of the data is the condition (<c>cond_stage_key</c>).</summary>
    public string ConditionKey { get; init; } = "image";

    /// <summary>Gets the labels of a ClassEmbedder (<c>n_classes</c>).</summary>
    public int? ClassCount { get; init; }

    /// <summary>Gets the tokens of a text encoder (<c>max_seq_len</c>, <c>max_length</c>).</summary>
    public int? TokenCount { get; init; }
}
