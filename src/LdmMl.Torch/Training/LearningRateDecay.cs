namespace LdmMl.Torch.Training;

/// <summary>How the learning rate goes on after the warm-up.</summary>
public enum LearningRateDecay
{
    /// <summary>It stays.</summary>
    None,

    /// <summary>It falls to 0 at the last step along half a cosine wave.</summary>
    Cosine,
}
