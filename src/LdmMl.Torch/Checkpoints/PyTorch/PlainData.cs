namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>A harmless value that is not a tensor (a complex number, a device, a numpy scalar) and whose content is not needed.</summary>
internal sealed record PlainData;
