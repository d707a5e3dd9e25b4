namespace LdmMl.Torch.Training;

/// <summary>Why a training ended.</summary>
public enum TrainingOutcome
{
    /// <summary>All steps are finished.</summary>
    Completed,

    /// <summary>The validation error has not improved for as long as <see cref="TrainingOptions.Patience"/> allows.</summary>
    StoppedEarly,

    /// <summary>It was cancelled between two steps; the finished steps are kept.</summary>
    Cancelled,
}
