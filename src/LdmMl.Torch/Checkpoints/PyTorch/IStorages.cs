using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>Access to the bytes of storages in a file.</summary>
internal interface IStorages
{
    /// <summary>Reads storages, in file order.</summary>
    /// <param name="wanted">The needed storages; their types and sizes have been checked.</param>
    /// <returns>One-dimensional tensors, each owned by the caller.</returns>
    /// <exception cref="InvalidDataException">One is missing or damaged.</exception>
    IEnumerable<(StorageReference Storage, Tensor Content)> Read(IReadOnlyCollection<StorageReference> wanted);
}
