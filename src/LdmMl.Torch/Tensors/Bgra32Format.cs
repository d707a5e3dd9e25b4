using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Tensors;

internal readonly struct Bgra32Format : IPixelFormat
{
    public static int BytesPerPixel => 4;

    public static bool HasAlpha => true;

    public static Vector256<uint> Load(ReadOnlySpan<byte> eightPixels) => SwapRedAndBlue(Vector256.Create(eightPixels).AsUInt32());

    public static void Store(Vector256<uint> pixels, Span<byte> eightPixels) => SwapRedAndBlue(pixels).AsByte().CopyTo(eightPixels);

    private static Vector256<uint> SwapRedAndBlue(Vector256<uint> pixels) =>
        (pixels & Vector256.Create(0xFF00FF00u)) | ((pixels >>> 16) & Vector256.Create(0xFFu)) | ((pixels & Vector256.Create(0xFFu)) << 16);
}
