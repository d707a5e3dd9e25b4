using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>
/// libtorch computes elementwise functions on whole vectors, and the few values left over at the end by another algorithm, whose last bits
/// differ. How many are left over depends on the number of rows; here none are.
/// </summary>
internal static class WholeVectors
{
    // As many 16-bit floats as two of the widest registers hold, which libtorch takes at a time.
    private const long Width = 64;

    // Up to this many values are computed by one thread; more are split equally, so that each thread gets this many at most.
    private const long ValuesOfThread = 32768;

    /// <summary>x * sigmoid(x), in place if nothing would be left over.</summary>
    /// <param name="owned">The values; freed if the result is another tensor.</param>
    public static Tensor Silu(Tensor owned)
    {
        var whole = Whole(owned.numel());
        if (whole == owned.numel() || !owned.is_contiguous())
        {
            var same = nn.functional.silu(owned, inplace: true);
            if (!ReferenceEquals(same, owned))
                owned.Dispose();
            return same;
        }

        using var scope = NewDisposeScope();
        var flat = empty([whole], dtype: owned.dtype, device: owned.device);
        var values = flat.narrow(0, 0, owned.numel());
        values.copy_(owned.reshape(-1));
        flat.narrow(0, owned.numel(), whole - owned.numel()).zero_();
        nn.functional.silu(flat, inplace: true);
        var result = scope.MoveToOuter(values.reshape(owned.shape));
        owned.Dispose();
        return result;
    }

    /// <summary>The next larger count for which every thread takes whole vectors.</summary>
    internal static long Whole(long count)
    {
        var whole = count;
        while (whole % (Width * Threads(whole)) != 0)
            whole = RoundUp(whole, Width * Threads(whole));
        return whole;
    }

    private static long Threads(long count) => Math.Clamp(RoundUp(count, ValuesOfThread) / ValuesOfThread, 1, get_num_threads());

    private static long RoundUp(long count, long step) => (count + step - 1) / step * step;
}
