using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Tensors;

internal readonly struct Gray8Format : IPixelFormat
{
    public static int BytesPerPixel => 1;

    public static bool HasAlpha => false;

    public static Vector256<uint> Load(ReadOnlySpan<byte> eightPixels) =>
        PackedPixels.Lanes(BinaryPrimitives.ReadUInt64LittleEndian(eightPixels)).AsUInt32() * 0x010101u;

    public static void Store(Vector256<uint> pixels, Span<byte> eightPixels)
    {
        var luma = PackedPixels.Luma(pixels);
        var shorts = Vector128.Narrow(luma.GetLower(), luma.GetUpper());
        BinaryPrimitives.WriteUInt64LittleEndian(eightPixels, Vector128.Narrow(shorts, shorts).AsUInt64().ToScalar());
    }
}
