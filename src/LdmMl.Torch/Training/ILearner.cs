using LdmMl.Torch.Training.States;
using TorchSharp.Modules;

namespace LdmMl.Torch.Training;

/// <summary>The networks that a <see cref="TrainingRun{T}"/> trains, with their losses and optimisers.</summary>
/// <typeparam name="T">The type of a batch.</typeparam>
internal interface ILearner<T> : IResumable, IDisposable
{
    /// <summary>Gets the moving average of the weights; null for none.</summary>
    EmaWeights? Ema { get; }

    /// <summary>Gets the weights of the trained model.</summary>
    IEnumerable<Parameter> Weights { get; }

    /// <summary>Takes one step with the mean gradient of some batches.</summary>
    /// <param name="batches">The batches, at least one; they are read one after the other.</param>
    /// <param name="step">The step, from 1.</param>
    /// <returns>The mean losses, the gradient norm and the learning rate of the step; the run adds the rest.</returns>
    /// <exception cref="TrainingDivergedException">
    /// A loss or a gradient is not finite, here or in another process; no weight has changed in this step.
    /// </exception>
    TrainingStep Learn(IEnumerable<MicroBatch<T>> batches, int step);
}
