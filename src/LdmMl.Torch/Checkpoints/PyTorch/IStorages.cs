using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>Where the bytes of storages lie in a file.</summary>
internal interface IStorages
{
    /// <summary>Reads storages, in the order that suits the file.</summary>
    /// <param name="wanted">Those that are needed; their types and sizes were checked.</param>
    /// <returns>One-dimensional tensors, each owned by the caller.</returns>
    /// <exception cref="InvalidDataException">One is missing or damaged.</exception>
    IEnumerable<(StorageReference Storage, Tensor Content)> Read(IReadOnlyCollection<StorageReference> wanted);
}
