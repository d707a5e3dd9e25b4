using LdmMl.Torch.Models;

namespace LdmMl.Extensions;

/// <summary>
/// Which model an application opens, and how it serves requests. Properties are settable because options are bound from configuration.
/// </summary>
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

    /// <summary>Gets or sets the name of the model in requests, metadata and telemetry.</summary>
    /// <value>Default: null: the last part of <see cref="Model"/>, so that no path of the server is disclosed.</value>
    public string? ModelId { get; set; }

    /// <summary>Gets or sets the YAML that describes a checkpoint file.</summary>
    /// <value>Default: null: the one next to it, or none if its keys identify the model.</value>
    public string? ConfigPath { get; set; }

    /// <summary>Gets the LoRA files to merge into the weights, one after the other.</summary>
    public IList<LoraFile> Loras { get; } = [];

    /// <summary>Gets the textual inversion files, whose words prompts can use.</summary>
    public IList<string> Embeddings { get; } = [];

    /// <summary>Gets or sets the number of the GPU to compute on, from 0.</summary>
    /// <value>Default: null, the CPU.</value>
    public int? GpuDeviceId { get; set; }

    /// <summary>Gets or sets whether to use the CPU if the GPU cannot be used.</summary>
    /// <value>Default: <see langword="false"/>: an exception says what is missing.</value>
    public bool FallbackToCpu { get; set; }

    /// <summary>Gets or sets the number format to compute in.</summary>
    /// <value>Default: <see cref="ModelPrecision.Float32"/>.</value>
    public ModelPrecision Precision { get; set; } = ModelPrecision.Float32;

    /// <summary>Gets or sets the number of steps if a request does not say, at least 1.</summary>
    /// <value>Default: null: the model's own.</value>
    public int? Steps { get; set; }

    /// <summary>Gets or sets the scale of guidance if a request does not say, at least 0; 1 means no guidance.</summary>
    /// <value>Default: null: 7.5 for prompts, 1 for labels.</value>
    public double? GuidanceScale { get; set; }

    /// <summary>Gets or sets the largest number of images per request, at least 1.</summary>
    /// <value>Default: 16.</value>
    public int MaximumCount { get; set; } = 16;

    /// <summary>Gets or sets the largest number of pixels, width times height, of a requested or sent image.</summary>
    /// <value>Default: 4,194,304, which is 2048x2048.</value>
    public long MaximumPixels { get; set; } = 2048 * 2048;

    /// <summary>Gets or sets how many images of a request are computed at once, at least 1. It affects time and memory, not the images.</summary>
    /// <value>Default: 1.</value>
    public int BatchSize { get; set; } = 1;
}
