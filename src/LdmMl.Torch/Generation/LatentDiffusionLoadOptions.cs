using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Text;

namespace LdmMl.Torch.Generation;

/// <summary>How to open a latent diffusion model's files.</summary>
public sealed record LatentDiffusionLoadOptions
{
    /// <summary>Gets the YAML that describes a CompVis checkpoint.</summary>
    /// <value>Default: null: the one beside the checkpoint.</value>
    public string? ConfigPath { get; init; }

    /// <summary>
    /// Gets which weights of the U-Net to take from a checkpoint that keeps moving averages of them (<c>model_ema.*</c>);
    /// <see cref="LoadReport.WeightSource"/> says which were loaded.
    /// </summary>
    /// <value>Default: <see cref="WeightSource.MovingAverageIfComplete"/>: the moving averages where the set is complete.</value>
    public WeightSource WeightSource { get; init; } = WeightSource.MovingAverageIfComplete;

    /// <summary>
    /// Gets whether the last label is the null label, for guidance; only the folders that this library wrote say it.
    /// </summary>
    /// <value>Default: null: as the folder says, or true for a CompVis checkpoint with 1001 labels, ImageNet's and one more.</value>
    public bool? LastLabelIsNull { get; init; }

    /// <summary>Gets how the text encoder of a text-to-image model is opened.</summary>
    /// <value>Default: as the model's files say.</value>
    public TextEncoderLoadOptions Text { get; init; } = new();

    /// <summary>
    /// Gets whether the text encoder is opened; without it the model takes no prompts, but what an encoder made of them
    /// (<see cref="GenerationBatch.Context"/>), and its memory is saved.
    /// </summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool OpenTextEncoder { get; init; } = true;

    /// <summary>Gets the names of the labels, in the order of their numbers, in place of those that the files hold.</summary>
    /// <value>Default: null: those of the files, if any.</value>
    public IReadOnlyList<string>? LabelNames { get; init; }
}
