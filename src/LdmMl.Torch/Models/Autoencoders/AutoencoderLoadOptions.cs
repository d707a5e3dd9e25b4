using LdmMl.Torch.Checkpoints;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>How to open an autoencoder's files.</summary>
public sealed record AutoencoderLoadOptions
{
    /// <summary>Gets the YAML that describes a CompVis checkpoint.</summary>
    /// <value>Default: null: the one next to the checkpoint.</value>
    public string? ConfigPath { get; init; }

    /// <summary>
    /// Gets which weights to take from a checkpoint that keeps moving averages of the autoencoder (<c>model_ema.*</c> as well as <c>encoder.*</c>);
    /// <see cref="LoadReport.WeightSource"/> says which were loaded. Those of a whole diffusion model belong to its U-Net and are never used.
    /// </summary>
    /// <value>Default: <see cref="WeightSource.MovingAverageIfComplete"/>: the moving averages if the set is complete.</value>
    public WeightSource WeightSource { get; init; } = WeightSource.MovingAverageIfComplete;
}
