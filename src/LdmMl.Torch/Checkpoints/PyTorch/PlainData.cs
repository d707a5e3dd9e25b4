namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>A small harmless value that is not a tensor (a complex number, a device, a numpy scalar) and whose content nobody needs.</summary>
internal sealed record PlainData;
