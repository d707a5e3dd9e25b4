using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// Weights that stay in the float16 of their file while the layer computes in float32: they take half the memory, and float32 holds each of their
/// values exactly, so that no result changes.
/// </summary>
internal static class HalfWeight
{
    /// <summary>Gets the number format that a layer with this weight computes in.</summary>
    public static ScalarType FormatOf(Tensor weight) => weight.dtype == ScalarType.Float16 ? ScalarType.Float32 : weight.dtype;

    /// <summary>Gets the weight in the number format that the layer computes in: itself, or a copy. The caller disposes it.</summary>
    public static Tensor Widened(Tensor weight) => weight.dtype == ScalarType.Float16 ? ResultMemory.Empty(weight.shape).copy_(weight) : weight.alias();

    /// <summary>Makes a parameter of a tensor, whose memory it shares. float16 cannot be trained.</summary>
    public static Parameter ParameterOf(Tensor weight)
    {
        var parameter = new Parameter(weight.alias(), requires_grad: weight.dtype != ScalarType.Float16);
        parameter.DetachFromDisposeScope();
        return parameter;
    }

    /// <summary>Converts all such weights of a network to float32, so that they can be trained. No call may be running.</summary>
    public static void Widen(nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var weights = network.state_dict();
        foreach (var (name, module) in network.named_modules())
        {
            if (module is IHalfWeight layer && weights.TryGetValue($"{name}.weight", out var weight) && weight.dtype == ScalarType.Float16)
                layer.SetWeight(weight.to(ScalarType.Float32));
        }
    }
}
