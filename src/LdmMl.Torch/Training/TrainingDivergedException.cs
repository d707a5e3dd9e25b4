namespace LdmMl.Torch.Training;

/// <summary>Thrown when a loss or a gradient is NaN or infinite. The model keeps the weights from before that step.</summary>
public sealed class TrainingDivergedException : Exception
{
    internal TrainingDivergedException(int step, string? module, string reason)
        : base($"Training stopped at step {step}: {reason}")
    {
        Step = step;
        Module = module;
    }

    /// <summary>Gets the step that failed, from 1.</summary>
    public int Step { get; }

    /// <summary>
    /// Gets the first module whose output or gradient was not finite, named as in the checkpoint's keys; null if it was the images or the loss
    /// itself.
    /// </summary>
    public string? Module { get; }
}
