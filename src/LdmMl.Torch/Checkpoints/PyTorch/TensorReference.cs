namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>A tensor as the pickle describes it: a view of a storage. Counted in elements; nothing is checked yet.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">The storage's element that is the first of the tensor.</param>
/// <param name="Shape">The shape.</param>
/// <param name="Strides">The strides.</param>
internal sealed record TensorReference(StorageReference Storage, long Offset, long[] Shape, long[] Strides);
