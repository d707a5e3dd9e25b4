using LdmMl.Torch.Training.States;

namespace LdmMl.Torch.Training;

/// <summary>Batches to learn from, without end.</summary>
/// <typeparam name="T">The type of a batch.</typeparam>
internal interface IBatches<out T> : IResumable, IDisposable
{
    /// <summary>Gets the epoch of the batch read last, from 1.</summary>
    int Epoch { get; }

    /// <summary>Gets whether the batch read last was its epoch's last.</summary>
    bool EndsEpoch { get; }

    /// <summary>Gets the number of images in the batch read last.</summary>
    int Size { get; }

    /// <summary>Reads the next batch; its tensors belong to the caller's dispose scope.</summary>
    T Next();
}
