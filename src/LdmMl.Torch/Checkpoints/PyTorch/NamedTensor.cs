namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>A tensor of the pickle with its full key.</summary>
/// <param name="Key">The key; names of nested containers joined by dots.</param>
/// <param name="Tensor">Its description.</param>
internal sealed record NamedTensor(string Key, TensorReference Tensor);
