using static TorchSharp.torch;

namespace LdmMl.Torch.Models.UNets;

/// <summary>The inputs of a U-Net's blocks besides the map. Owns none of them.</summary>
/// <param name="Embedding">The embedding of time and label after its SiLU, [B, 4 base].</param>
/// <param name="Context">The context tokens, [B, tokens, dimension]; null if the network has none.</param>
/// <param name="DropoutNoise">The generator of dropout in training.</param>
internal sealed record BlockConditions(Tensor Embedding, Tensor? Context, Generator? DropoutNoise);
