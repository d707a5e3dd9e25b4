using LdmMl.Torch.Training.States;

namespace LdmMl.Torch.Training;

/// <summary>An endless sequence of training batches.</summary>
/// <typeparam name="T">The type of a batch.</typeparam>
internal interface IBatches<out T> : IResumable, IDisposable
{
    /// <summary>Gets the epoch of the last batch, from 1.</summary>
    int Epoch { get; }

    /// <summary>Gets whether the last batch was its epoch's last.</summary>
    bool EndsEpoch { get; }

    /// <summary>Gets the number of images in the last batch.</summary>
    int Size { get; }

    /// <summary>Reads the next batch; its tensors belong to the caller's dispose scope.</summary>
    T Next();

    /// <summary>
    /// Goes on to the next batch, which another process computes: random numbers are drawn as by <see cref="Next"/>, and tensors have their shapes, but
    /// need no values.
    /// </summary>
    T Skip();
}
