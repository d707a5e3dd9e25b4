using static TorchSharp.torch;

namespace LdmMl.Torch.Arguments;

/// <summary>How messages show the shape of a tensor.</summary>
internal static class Shapes
{
    /// <summary>Returns the shape as <c>[2, 4, 32, 32]</c>.</summary>
    public static string ShapeText(this Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
