using System.Runtime.InteropServices;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.Attention;

/// <summary>Where the queries, the keys or the values of each head lie: [B, heads, T, width] with any strides but a contiguous width.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct HeadRows
{
    private readonly float* start;
    private readonly nint imageStep, headStep;

    /// <param name="tensor">The tensor, float32 on the CPU, which must outlive this.</param>
    public HeadRows(Tensor tensor)
    {
        start = TensorPointer.OfFloats(tensor);
        var strides = tensor.stride();
        (imageStep, headStep, Step) = ((nint)strides[0], (nint)strides[1], (nint)strides[2]);
    }

    /// <summary>Gets the distance from a row to the next, in floats.</summary>
    public nint Step { get; }

    /// <summary>The first row of a head.</summary>
    public float* Of(int image, int head) => start + (image * imageStep) + (head * headStep);
}
