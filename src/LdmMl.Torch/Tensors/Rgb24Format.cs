using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Tensors;

internal readonly struct Rgb24Format : IPixelFormat
{
    public static int BytesPerPixel => 3;

    public static bool HasAlpha => false;

    public static Vector256<uint> Load(ReadOnlySpan<byte> eightPixels)
    {
        // Pixels 4 to 7 start at byte 12; reading from byte 8 keeps the second load inside the 24 bytes.
        var first = Vector128.Create(eightPixels[..16]);
        var second = Vector128.Create(eightPixels.Slice(8, 16));
        return Vector256.Create(
            Vector128.Shuffle(first, Vector128.Create((byte)0, 1, 2, 255, 3, 4, 5, 255, 6, 7, 8, 255, 9, 10, 11, 255)),
            Vector128.Shuffle(second, Vector128.Create((byte)4, 5, 6, 255, 7, 8, 9, 255, 10, 11, 12, 255, 13, 14, 15, 255))).AsUInt32();
    }

    public static void Store(Vector256<uint> pixels, Span<byte> eightPixels)
    {
        StoreFour(pixels.GetLower(), eightPixels[..12]);
        StoreFour(pixels.GetUpper(), eightPixels.Slice(12, 12));
    }

    private static void StoreFour(Vector128<uint> pixels, Span<byte> bytes)
    {
        var packed = Vector128.Shuffle(
            pixels.AsByte(),
            Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, packed.AsUInt64().ToScalar());
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], packed.AsUInt32().GetElement(2));
    }
}
