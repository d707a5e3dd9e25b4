namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>A storage as referenced by the pickle; its bytes are elsewhere in the file.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Count">How many elements it has.</param>
internal sealed record StorageReference(string Key, StorageType Type, long Count);
