namespace LdmMl.Torch.Checkpoints;

/// <summary>
/// Which of a checkpoint's two sets of weights: the trained ones, or their exponential moving averages (<c>ema</c>), which usually score better.
/// </summary>
public enum WeightSource
{
    /// <summary>The moving averages where the checkpoint has one for every parameter, and the trained weights elsewhere.</summary>
    MovingAverageIfComplete,

    /// <summary>The trained weights.</summary>
    Trained,

    /// <summary>The moving averages; a checkpoint without a complete set is refused.</summary>
    MovingAverage,
}
