using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Text;

namespace LdmMl.Torch.Generation;

/// <summary>How to open a latent diffusion model's files.</summary>
public sealed record LatentDiffusionLoadOptions
{
    /// <summary>Gets the YAML that describes a CompVis checkpoint.</summary>
    /// <value>Default: null: the one next to the checkpoint.</value>
    public string? ConfigPath { get; init; }

    /// <summary>
    /// Gets which weights of the U-Net to load from a checkpoint that also contains their moving averages (<c>model_ema.*</c>);
    /// <see cref="LoadReport.WeightSource"/> tells which were loaded.
    /// </summary>
    /// <value>Default: <see cref="WeightSource.MovingAverageIfComplete"/>: the moving averages if the set is complete.</value>
    public WeightSource WeightSource { get; init; } = WeightSource.MovingAverageIfComplete;

    /// <summary>
    /// Gets whether the last label is the null label, for guidance; only folders written by this library tell.
    /// </summary>
    /// <value>Default: null: as the folder says, or true for a CompVis checkpoint with 1001 labels, which are ImageNet's plus the null label.</value>
    public bool? LastLabelIsNull { get; init; }

    /// <summary>Gets how the text encoder of a text-to-image model is opened.</summary>
    /// <value>Default: as the model's files say.</value>
    public TextEncoderLoadOptions Text { get; init; } = new();

    /// <summary>
    /// Gets whether to open the text encoder. Without it the model needs less memory, but takes only encoded prompts
    /// (<see cref="GenerationBatch.Context"/>).
    /// </summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool OpenTextEncoder { get; init; } = true;

    /// <summary>Gets the names of the labels, in the order of their numbers, which replace those in the files.</summary>
    /// <value>Default: null: those of the files, if any.</value>
    public IReadOnlyList<string>? LabelNames { get; init; }
}
