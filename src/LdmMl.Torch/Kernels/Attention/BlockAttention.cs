using LdmMl.Torch.Kernels.Vectors;
using LdmMl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.Attention;

/// <summary>
/// Attention without the matrix of scores (Dao et al. 2022, algorithm 1): softmax(Q K^T / sqrt(width)) V for blocks of queries, over blocks of keys.
/// For float32 on the CPU.
/// </summary>
internal static class BlockAttention
{
    /// <summary>Determines whether the kernel can compute with these tensors.</summary>
    public static bool CanRead(Tensor query, Tensor key, Tensor value) =>
        Processor.Lanes > 0 && !is_grad_enabled() && IsReadable(query) && IsReadable(key) && IsReadable(value);

    /// <summary>Attends.</summary>
    /// <param name="query">Queries [B, heads, T, width], float32; views are allowed if each row is contiguous.</param>
    /// <param name="key">Keys [B, heads, S, width].</param>
    /// <param name="value">Values [B, heads, S, width].</param>
    /// <param name="lanes">The width of its vectors, 16 or 8; the processor's widest unless given.</param>
    /// <returns>The heads' results side by side, [B, T, heads * width]. The caller disposes them.</returns>
    public static Tensor Run(Tensor query, Tensor key, Tensor value, int? lanes = null)
    {
        var (images, heads, queries, width) = ((int)query.shape[0], (int)query.shape[1], (int)query.shape[2], (int)query.shape[3]);
        var result = ResultMemory.Empty([images, queries, heads * width]);
        var problem = new AttentionProblem(query, key, value, result);
        if ((lanes ?? Processor.Lanes) == 16)
            AttentionRun<Lanes16>.Compute(problem);
        else
            AttentionRun<Lanes8>.Compute(problem);

        // Pointers do not keep tensors alive.
        GC.KeepAlive(query);
        GC.KeepAlive(key);
        GC.KeepAlive(value);
        return result;
    }

    private static bool IsReadable(Tensor rows) =>
        rows.dtype == ScalarType.Float32 && rows.device_type == DeviceType.CPU && rows.stride(3) == 1 && rows.numel() > 0;
}
