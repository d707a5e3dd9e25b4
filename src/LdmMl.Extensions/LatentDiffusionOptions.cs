using LdmMl.Torch.Models;

namespace LdmMl.Extensions;

/// <summary>Which model an application opens, and how its requests are served. Properties can be set, as options are bound from configuration.</summary>
/// <example>
/// <code>
/// var options = new LatentDiffusionOptions { Model = "/models/stable-diffusion-v1-5", Steps = 25, GpuDeviceId = 0, FallbackToCpu = true };
/// options.Loras.Add(new LoraFile { Path = "/models/ink.safetensors", Weight = 0.7 });
/// </code>
/// </example>
public sealed class LatentDiffusionOptions
{
    /// <summary>Gets or sets the model: the name of an installed one such as <c>emoji</c>, a diffusers folder, or a checkpoint file. Required.</summary>
    public string Model { get; set; } = "";

    /// <summary>Gets or sets the name that requests, metadata and telemetry know the model by.</summary>
    /// <value>Default: null: the last part of <see cref="Model"/>, so that no path of the server is told.</value>
    public string? ModelId { get; set; }

    /// <summary>Gets or sets the YAML that describes a checkpoint file.</summary>
    /// <value>Default: null: the one beside it, or none where its keys say what it is.</value>
    public string? ConfigPath { get; set; }

    /// <summary>Gets the LoRA files whose changes are added to the weights, one after the other.</summary>
    public IList<LoraFile> Loras { get; } = [];

    /// <summary>Gets the files of learned words (textual inversion) that prompts can use.</summary>
    public IList<string> Embeddings { get; } = [];

    /// <summary>Gets or sets the number of the GPU to compute on, from 0.</summary>
    /// <value>Default: null, the CPU.</value>
    public int? GpuDeviceId { get; set; }

    /// <summary>Gets or sets whether the CPU takes over where the GPU cannot be used.</summary>
    /// <value>Default: <see langword="false"/>: an exception says what is missing.</value>
    public bool FallbackToCpu { get; set; }

    /// <summary>Gets or sets the number format to compute in.</summary>
    /// <value>Default: <see cref="ModelPrecision.Float32"/>.</value>
    public ModelPrecision Precision { get; set; } = ModelPrecision.Float32;

    /// <summary>Gets or sets the number of steps where a request says nothing, at least 1.</summary>
    /// <value>Default: null: the model's own.</value>
    public int? Steps { get; set; }

    /// <summary>Gets or sets the scale of guidance where a request says nothing, at least 0; 1 means no guidance.</summary>
    /// <value>Default: null: 7.5 for prompts, 1 for labels.</value>
    public double? GuidanceScale { get; set; }

    /// <summary>Gets or sets how many images a request may ask for, at least 1.</summary>
    /// <value>Default: 16.</value>
    public int MaximumCount { get; set; } = 16;

    /// <summary>Gets or sets the most pixels, width times height, of an image that is asked for or sent.</summary>
    /// <value>Default: 4,194,304, which is 2048x2048.</value>
    public long MaximumPixels { get; set; } = 2048 * 2048;

    /// <summary>Gets or sets how many images of a request are computed at once, at least 1. It changes time and memory, not the images.</summary>
    /// <value>Default: 1.</value>
    public int BatchSize { get; set; } = 1;
}
