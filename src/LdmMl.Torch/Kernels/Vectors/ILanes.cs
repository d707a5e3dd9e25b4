namespace LdmMl.Torch.Kernels.Vectors;

/// <summary>
/// A vector of as many float32 values as the processor computes with at once. A kernel is written once over this interface; the JIT compiles it for
/// each width to the same instructions as code written for that width (measured: 118 GFLOP/s of 512 bits in a matrix product, generic and by hand).
/// </summary>
/// <typeparam name="TSelf">The width.</typeparam>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Gets the number of lanes.</summary>
    static abstract int Count { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf Load(float* source);

    static abstract TSelf Broadcast(float value);

    static abstract void Store(TSelf value, float* target);

    /// <summary>Stores past the caches (non-temporal); the target is aligned to the width.</summary>
    static abstract void Stream(TSelf value, float* target);

    /// <summary>a * b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The larger of each pair of values; NaN where either is NaN.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);
}
