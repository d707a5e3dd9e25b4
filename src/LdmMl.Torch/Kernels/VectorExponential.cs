using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels;

/// <summary>e^x and functions of it, for sixteen values; within 2 units in the last place.</summary>
internal static class VectorExponential
{
    // Beyond these e^x is 0 or infinite in float32.
    private const float Smallest = -87.3f, Largest = 88.7f;

    // Added to a small value and subtracted again, it rounds the value; meanwhile the lowest bits hold the integer.
    private const float Rounder = 12582912f;

    /// <summary>x * sigmoid(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]   // a call for every sixteen numbers costs as much as they do
    public static Vector512<float> Silu(Vector512<float> x) => x / (Vector512<float>.One + Exponential(-x));

    /// <summary>
    /// x times the share of a normal distribution below x (Hendrycks and Gimpel 2016); the share by Abramowitz and Stegun 7.1.26, within 1e-7.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]   // a call for every sixteen numbers costs as much as they do
    public static Vector512<float> Gelu(Vector512<float> x)
    {
        var z = Vector512.Abs(x) * Vector512.Create(0.707106781f);
        var t = Vector512<float>.One / Vector512.FusedMultiplyAdd(z, Vector512.Create(0.3275911f), Vector512<float>.One);
        var u = Vector512.FusedMultiplyAdd(t, Vector512.Create(1.061405429f), Vector512.Create(-1.453152027f));
        u = Vector512.FusedMultiplyAdd(u, t, Vector512.Create(1.421413741f));
        u = Vector512.FusedMultiplyAdd(u, t, Vector512.Create(-0.284496736f));
        u = Vector512.FusedMultiplyAdd(u, t, Vector512.Create(0.254829592f));
        var tail = u * t * Vector512.Create(0.5f) * Exponential(-z * z);   // the share beyond |x|
        return x * Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<float>.Zero), Vector512<float>.One - tail, tail);
    }

    /// <summary>e^x, from 2^q with a whole q and a polynomial for the rest, at most half of ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]   // a call for every sixteen numbers costs as much as they do
    public static Vector512<float> Exponential(Vector512<float> x)
    {
        // In this order a NaN is propagated.
        var bounded = Vector512.MinNative(Vector512.Create(Largest), Vector512.MaxNative(Vector512.Create(Smallest), x));
        var shifted = Vector512.FusedMultiplyAdd(bounded, Vector512.Create(1.44269504f), Vector512.Create(Rounder));
        var q = shifted - Vector512.Create(Rounder);
        var s = Vector512.FusedMultiplyAdd(q, Vector512.Create(-0.693145752f), bounded);
        s = Vector512.FusedMultiplyAdd(q, Vector512.Create(-1.42860677e-6f), s);
        var u = Vector512.FusedMultiplyAdd(s, Vector512.Create(1.98527617e-4f), Vector512.Create(1.39304355e-3f));
        u = Vector512.FusedMultiplyAdd(u, s, Vector512.Create(8.33336077e-3f));
        u = Vector512.FusedMultiplyAdd(u, s, Vector512.Create(4.16664854e-2f));
        u = Vector512.FusedMultiplyAdd(u, s, Vector512.Create(0.166666672f));
        u = Vector512.FusedMultiplyAdd(u, s, Vector512.Create(0.5f));
        var power = Vector512<float>.One + Vector512.FusedMultiplyAdd(s * s, u, s);
        return power * ((shifted.AsInt32() << 23) + Vector512<float>.One.AsInt32()).AsSingle();
    }
}
