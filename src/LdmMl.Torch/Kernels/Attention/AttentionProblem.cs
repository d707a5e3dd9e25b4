using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels.Attention;

/// <summary>One attention to compute: its pointers and sizes.</summary>
/// <param name="query">Queries [B, heads, T, width].</param>
/// <param name="key">Keys [B, heads, S, width].</param>
/// <param name="value">Values [B, heads, S, width].</param>
/// <param name="result">Receives the results, [B, T, heads * width], contiguous.</param>
internal sealed unsafe class AttentionProblem(Tensor query, Tensor key, Tensor value, Tensor result)
{
    private readonly nint target = (nint)TensorPointer.Of(result);

    public HeadRows Queries { get; } = new(query);

    public HeadRows Keys { get; } = new(key);

    public HeadRows Values { get; } = new(value);

    public int Images { get; } = (int)query.shape[0];

    public int Heads { get; } = (int)query.shape[1];

    /// <summary>Gets T.</summary>
    public int QueryCount { get; } = (int)query.shape[2];

    /// <summary>Gets S.</summary>
    public int KeyCount { get; } = (int)key.shape[2];

    /// <summary>Gets the channels of a head.</summary>
    public int Width { get; } = (int)query.shape[3];

    /// <summary>The result of a query in a head.</summary>
    public float* Result(int image, int query, int head) => (float*)target + (((((nint)image * QueryCount) + query) * Heads) + head) * Width;
}
