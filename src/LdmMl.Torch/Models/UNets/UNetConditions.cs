using static TorchSharp.torch;

namespace LdmMl.Torch.Models.UNets;

/// <summary>The conditions of a U-Net besides the state and the time. The caller still owns the tensors.</summary>
/// <param name="Context">Context tokens [B, tokens, <see cref="UNetConfig.ContextDimension"/>], float32.</param>
/// <param name="Labels">Class labels [B], int64, from 0 to <see cref="UNetConfig.LabelCount"/> - 1.</param>
/// <param name="Concatenated">Further input channels [B, c, h, w], float32, after those of the state.</param>
/// <param name="Vectors">Vectors [B, <see cref="UNetConfig.VectorDimension"/>], float32.</param>
public sealed record UNetConditions(Tensor? Context = null, Tensor? Labels = null, Tensor? Concatenated = null, Tensor? Vectors = null)
{
    /// <summary>Gets the conditions of a network that takes none.</summary>
    public static UNetConditions None { get; } = new();
}
