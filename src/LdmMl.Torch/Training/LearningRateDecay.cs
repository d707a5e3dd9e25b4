namespace LdmMl.Torch.Training;

/// <summary>How the learning rate changes after the warm-up.</summary>
public enum LearningRateDecay
{
    /// <summary>It stays at its peak (constant).</summary>
    None,

    /// <summary>It falls to 0 at the last step along half a cosine wave (Loshchilov and Hutter 2017, without restarts).</summary>
    Cosine,

    /// <summary>It falls to 0 at the last step along a straight line.</summary>
    Linear,
}
