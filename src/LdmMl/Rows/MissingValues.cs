using System.Numerics;

namespace LdmMl.Rows;

/// <summary>Missing values of Single, which are NaN in ML.NET.</summary>
internal static class MissingValues
{
    public static bool AnyIn(ReadOnlySpan<float> values)
    {
        var at = 0;
        for (; at <= values.Length - Vector<float>.Count; at += Vector<float>.Count)
        {
            var part = new Vector<float>(values[at..]);
            if (!Vector.EqualsAll(part, part))
                return true;
        }

        for (; at < values.Length; at++)
        {
            if (float.IsNaN(values[at]))
                return true;
        }

        return false;
    }
}
