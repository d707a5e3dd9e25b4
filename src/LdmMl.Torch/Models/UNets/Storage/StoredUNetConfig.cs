namespace LdmMl.Torch.Models.UNets.Storage;

/// <summary>What a <c>config.json</c> says of a U-Net.</summary>
/// <param name="Config">Its shape.</param>
/// <param name="Height">The height of the latents it was trained on; null where the file does not say.</param>
/// <param name="Width">Their width.</param>
internal sealed record StoredUNetConfig(UNetConfig Config, int? Height, int? Width);
