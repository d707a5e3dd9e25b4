using LdmMl.Torch.Training.States;

namespace LdmMl.Torch.Training;

/// <summary>The networks that a <see cref="TrainingRun{T}"/> trains, with their losses and optimisers.</summary>
/// <typeparam name="T">The type of a batch.</typeparam>
internal interface ILearner<in T> : IResumable, IDisposable
{
    /// <summary>Gets the moving average of the weights; null for none.</summary>
    EmaWeights? Ema { get; }

    /// <summary>Learns one batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="step">The step, from 1.</param>
    /// <returns>The losses, the gradients' norm and the rate of the step; the run adds the rest.</returns>
    /// <exception cref="TrainingDivergedException">A loss or a gradient is not finite; no weight has moved in this step.</exception>
    TrainingStep Learn(T batch, int step);
}
