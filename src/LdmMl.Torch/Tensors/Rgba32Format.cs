using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Tensors;

internal readonly struct Rgba32Format : IPixelFormat
{
    public static int BytesPerPixel => 4;

    public static bool HasAlpha => true;

    public static Vector256<uint> Load(ReadOnlySpan<byte> eightPixels) => Vector256.Create(eightPixels).AsUInt32();

    public static void Store(Vector256<uint> pixels, Span<byte> eightPixels) => pixels.AsByte().CopyTo(eightPixels);
}
