namespace LdmMl.Torch.Checkpoints;

/// <summary>
/// Which of a checkpoint's two sets of weights: those that training stepped to, or their exponential moving averages (EMA), which usually score
/// better.
/// </summary>
public enum WeightSource
{
    /// <summary>The moving averages where the checkpoint has one for every parameter, and otherwise the trained weights.</summary>
    MovingAverageIfComplete,

    /// <summary>The weights that training stepped to.</summary>
    Trained,

    /// <summary>The moving averages; a checkpoint without a complete set is refused.</summary>
    MovingAverage,
}
