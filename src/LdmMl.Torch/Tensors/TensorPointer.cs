using static TorchSharp.torch;

namespace LdmMl.Torch.Tensors;

/// <summary>The address of a tensor's data. It does not keep the tensor alive: the tensor must outlive its use.</summary>
internal static unsafe class TensorPointer
{
    /// <summary>Gets the address; tensors do not move.</summary>
    /// <param name="tensor">A tensor on the CPU, of any size; null gives null.</param>
    public static byte* Of(Tensor? tensor)
    {
        if (tensor is null)
            return null;

        // A span over all of it could not be longer than 2 GiB. Without an offset, a view would start where its base tensor does.
        using var first = tensor.as_strided([1L], [1L], tensor.storage_offset());
        fixed (byte* start = first.bytes)
            return start;
    }

    /// <inheritdoc cref="Of"/>
    public static float* OfFloats(Tensor? tensor) => (float*)Of(tensor);
}
