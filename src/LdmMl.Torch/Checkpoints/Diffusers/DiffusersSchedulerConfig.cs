using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>
/// A <c>scheduler_config.json</c> under diffusers' own names: the keys of all its classes that this library knows. Null where a file says nothing;
/// what that means depends on the class.
/// </summary>
internal sealed record DiffusersSchedulerConfig
{
    [JsonPropertyName("_class_name")]
    public required string ClassName { get; init; }

    [JsonPropertyName("_diffusers_version")]
    public string? DiffusersVersion { get; init; }

    public int? NumTrainTimesteps { get; init; }

    public double? BetaStart { get; init; }

    public double? BetaEnd { get; init; }

    public string? BetaSchedule { get; init; }

    public double[]? TrainedBetas { get; init; }

    public string? PredictionType { get; init; }

    public string? TimestepSpacing { get; init; }

    public int? StepsOffset { get; init; }

    public bool? RescaleBetasZeroSnr { get; init; }

    public bool? ClipSample { get; init; }

    public double? ClipSampleRange { get; init; }

    public bool? Thresholding { get; init; }

    public double? DynamicThresholdingRatio { get; init; }

    public double? SampleMaxValue { get; init; }

    /// <summary>Gets whether DDIM and PNDM end at the clean image.</summary>
    public bool? SetAlphaToOne { get; init; }

    /// <summary>Gets the variance of a DDPM step.</summary>
    public string? VarianceType { get; init; }

    /// <summary>Gets whether PNDM begins with multi-steps at once.</summary>
    public bool? SkipPrkSteps { get; init; }

    public bool? UseKarrasSigmas { get; init; }

    /// <summary>Gets whether sigmas are even in their logarithm (later versions).</summary>
    public bool? UseExponentialSigmas { get; init; }

    public string? InterpolationType { get; init; }

    public int? SolverOrder { get; init; }

    public string? AlgorithmType { get; init; }

    public string? SolverType { get; init; }

    public bool? LowerOrderFinal { get; init; }

    public double? LambdaMinClipped { get; init; }

    /// <summary>Gets <c>zero</c> or <c>sigma_min</c>, where solvers end (later versions; 0.21.4 always has the latter).</summary>
    public string? FinalSigmasType { get; init; }

    /// <summary>Gets whether UniPC works on x_0.</summary>
    [JsonPropertyName("predict_x0")]
    public bool? PredictX0 { get; init; }

    /// <summary>Gets after which steps UniPC does not correct.</summary>
    public int[]? DisableCorrector { get; init; }

    /// <summary>Gets what this library has beyond that.</summary>
    [JsonPropertyName("_ldmml")]
    public JsonObject? Extras { get; init; }
}
