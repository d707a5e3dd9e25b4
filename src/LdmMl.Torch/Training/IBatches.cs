namespace LdmMl.Torch.Training;

/// <summary>Batches to learn from, without end.</summary>
/// <typeparam name="T">What a batch is.</typeparam>
internal interface IBatches<out T>
{
    /// <summary>Gets the epoch of the batch read last, from 1.</summary>
    int Epoch { get; }

    /// <summary>Gets a value indicating whether the batch read last was its epoch's last.</summary>
    bool EndsEpoch { get; }

    /// <summary>Gets how many images the batch read last has.</summary>
    int Size { get; }

    /// <summary>Reads the next batch; its tensors belong to the caller's dispose scope.</summary>
    T Next();
}
