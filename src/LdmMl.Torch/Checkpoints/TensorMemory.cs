using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints;

/// <summary>Copies bytes between streams and the memory of tensors, without an intermediate buffer.</summary>
internal static class TensorMemory
{
    private const long LargestSpan = 1 << 30;   // bytes; a span cannot cover 2 GiB

    /// <summary>Fills a contiguous tensor on the CPU with the next bytes of a stream (little-endian, row-major).</summary>
    /// <exception cref="EndOfStreamException">The stream ends early.</exception>
    public static void Fill(Tensor tensor, Stream source) => ForEachSpan(tensor, source.ReadExactly);

    /// <summary>Writes the elements of a tensor in row-major order; a copy is made only if they are on another device or in another order.</summary>
    public static void Write(Tensor tensor, Stream target)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        ForEachSpan(tensor.detach().cpu().contiguous(), bytes => target.Write(bytes));
    }

    /// <summary>Gets how many bytes the elements of a tensor take when stored contiguously.</summary>
    public static long ByteCount(Tensor tensor) => checked(tensor.NumberOfElements * tensor.ElementSize);

    /// <summary>Passes the memory of a contiguous CPU tensor to a callback, in order, in spans as large as possible.</summary>
    public static void ForEachSpan(Tensor tensor, SpanAction action, long largestSpan = LargestSpan)
    {
        var count = tensor.NumberOfElements;
        if (count == 0)
            return;
        if (ByteCount(tensor) <= largestSpan)
        {
            action(tensor.bytes);
            return;
        }

        using var scope = NewDisposeScope();
        var flat = tensor.view(-1);                                    // [count]
        var step = largestSpan / tensor.ElementSize;
        for (long start = 0; start < count; start += step)
        {
            using var part = flat.narrow(0, start, Math.Min(step, count - start));
            action(part.bytes);
        }
    }

    /// <summary>Uses a span of a tensor's memory.</summary>
    public delegate void SpanAction(Span<byte> bytes);
}
