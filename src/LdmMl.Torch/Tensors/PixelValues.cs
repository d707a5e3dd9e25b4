using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Tensors;

/// <summary>The one mapping between 8-bit values and floats of a <see cref="PixelRange"/>.</summary>
internal static class PixelValues
{
    public static Vector256<float> ToFloat(Vector256<uint> bytes, PixelRange range)
    {
        var values = Vector256.ConvertToSingle(bytes.AsInt32());
        return range == PixelRange.ZeroToOne ? values / 255f : (values * (2f / 255f)) - Vector256<float>.One;
    }

    public static Vector256<uint> ToByte(Vector256<float> values, PixelRange range)
    {
        var scaled = range == PixelRange.ZeroToOne ? values * 255f : (values + Vector256<float>.One) * 127.5f;
        var clamped = Vector256.Min(Vector256.Max(scaled, Vector256<float>.Zero), Vector256.Create(255f));

        // The conversion turns NaN into 0.
        return Vector256.ConvertToInt32(Vector256.Round(clamped)).AsUInt32();
    }
}
