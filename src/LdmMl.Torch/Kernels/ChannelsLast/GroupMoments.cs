using System.Runtime.InteropServices;

namespace LdmMl.Torch.Kernels.ChannelsLast;

/// <summary>The count and mean of a group's values, and the sum of their squared deviations from it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct GroupMoments(double Count, double Mean, double Squares)
{
    /// <summary>The moments of two sets of numbers together (Chan, Golub and LeVeque 1983, equation 2.1), without the cancellation of a sum of
    /// squares.</summary>
    public static GroupMoments operator +(GroupMoments left, GroupMoments right)
    {
        var count = left.Count + right.Count;
        var distance = right.Mean - left.Mean;
        return new(
            count,
            left.Mean + (distance * right.Count / count),
            left.Squares + right.Squares + (distance * distance * left.Count * right.Count / count));
    }

    /// <summary>1 / sqrt(variance + epsilon).</summary>
    public float Scale(double epsilon) => (float)(1 / Math.Sqrt((Squares / Count) + epsilon));
}
