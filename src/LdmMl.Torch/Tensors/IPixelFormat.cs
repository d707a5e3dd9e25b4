using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Tensors;

/// <summary>
/// Converts eight pixels of a <see cref="PixelLayout"/> to and from a common form: one <see cref="uint"/> per pixel,
/// red in the lowest byte, then green, blue and alpha. Loops are specialised for each format by the JIT.
/// </summary>
internal interface IPixelFormat
{
    static abstract int BytesPerPixel { get; }

    /// <summary>Gets whether the fourth byte is an alpha; if not, the loaded alpha is meaningless.</summary>
    static abstract bool HasAlpha { get; }

    static abstract Vector256<uint> Load(ReadOnlySpan<byte> eightPixels);

    /// <summary>Stores pixels whose alpha byte is 255.</summary>
    static abstract void Store(Vector256<uint> pixels, Span<byte> eightPixels);
}
