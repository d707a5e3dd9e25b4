using static TorchSharp.torch;

namespace LdmMl.Torch.Models.UNets;

/// <summary>What every block of a U-Net takes besides its map. It owns none of them.</summary>
/// <param name="Embedding">The embedding of time and label after its SiLU, [B, 4 base].</param>
/// <param name="Context">The context tokens, [B, tokens, dimension]; null where the network has none.</param>
/// <param name="DropoutNoise">Where training draws what it drops.</param>
internal sealed record BlockConditions(Tensor Embedding, Tensor? Context, Generator? DropoutNoise);
