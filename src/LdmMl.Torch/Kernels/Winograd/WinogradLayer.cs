using System.Runtime.InteropServices;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>One convolution to compute: where its numbers lie and how many there are.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct WinogradLayer
{
    /// <summary>Gets the images, [N, h, w, Cin].</summary>
    public required float* Input { get; init; }

    /// <summary>Gets the results, [N, H, W, Cout].</summary>
    public required float* Output { get; init; }

    /// <summary>Gets what is added to each output channel, [Cout].</summary>
    public required float* Bias { get; init; }

    /// <summary>Gets the transformed weights.</summary>
    public required WinogradWeights Weights { get; init; }

    public required int Images { get; init; }

    /// <summary>Gets H, the rows of a result.</summary>
    public required int Height { get; init; }

    /// <summary>Gets W, the columns of a result.</summary>
    public required int Width { get; init; }

    /// <summary>Gets a value indicating whether every pixel of the input counts as 2x2: then h = H / 2 and w = W / 2.</summary>
    public bool Doubles { get; init; }

    /// <summary>Gets what is added to the results, ordered as they are; null for nothing.</summary>
    public float* Addend { get; init; }

    /// <summary>Gets a value indicating whether results below 0 become 0 (ReLU), after the addition.</summary>
    public bool Rectifies { get; init; }

    /// <summary>Gets how far behind a result its addend lies, in bytes; 0 for none.</summary>
    public nint ToAddend => Addend == null ? 0 : (nint)Addend - (nint)Output;

    /// <summary>Where a pixel that the convolution reads begins; it must lie in the image.</summary>
    public float* Pixel(int image, int y, int x)
    {
        var shift = Doubles ? 1 : 0;
        var row = ((long)image * (Height >> shift)) + (y >> shift);
        return Input + (((row * (Width >> shift)) + (x >> shift)) * Weights.InChannels);
    }

    /// <summary>Where a pixel of the result begins.</summary>
    public float* Result(int image, int y, int x) =>
        Output + (((((long)image * Height) + y) * Width) + x) * Weights.OutChannels;
}
