namespace LdmMl.Torch.Training;

/// <summary>What a <see cref="TrainingRun{T}"/> trains: networks with their losses and optimisers.</summary>
/// <typeparam name="T">What a batch is.</typeparam>
internal interface ILearner<in T> : IDisposable
{
    /// <summary>Learns one batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="step">The step, from 1.</param>
    /// <exception cref="TrainingDivergedException">A loss or a gradient is not finite; no weight has moved in this step.</exception>
    LearntBatch Learn(T batch, int step);
}
