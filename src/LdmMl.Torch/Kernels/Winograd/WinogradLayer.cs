using System.Runtime.InteropServices;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>One convolution to compute: its pointers and sizes.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct WinogradLayer
{
    /// <summary>Gets the images, [N, h, w, Cin].</summary>
    public required float* Input { get; init; }

    /// <summary>Gets the results, [N, H, W, Cout].</summary>
    public required float* Output { get; init; }

    /// <summary>Gets the bias of each output channel, [Cout].</summary>
    public required float* Bias { get; init; }

    /// <summary>Gets the filters.</summary>
    public required FilterBank Filters { get; init; }

    /// <summary>Gets the transforms of all filters, if they are kept; null if each call makes them again.</summary>
    public float* Transformed { get; init; }

    public required int Images { get; init; }

    /// <summary>Gets H, the rows of a result.</summary>
    public required int Height { get; init; }

    /// <summary>Gets W, the columns of a result.</summary>
    public required int Width { get; init; }

    /// <summary>Gets whether the input is doubled by nearest-neighbour upsampling: then h = H / 2 and w = W / 2.</summary>
    public bool Doubles { get; init; }

    /// <summary>Gets how many rows of the input lie above those of the results, where the input is a strip of a larger map.</summary>
    public int Above { get; init; }

    /// <summary>Gets how many rows of the input lie below those of the results.</summary>
    public int Below { get; init; }

    /// <summary>Gets the rows of the input that lie above, in rows of the results.</summary>
    public int ResultsAbove => Above << Shift;

    /// <summary>Gets the rows of the input in rows of the results.</summary>
    public int ResultsOfInput => Height + ((Above + Below) << Shift);

    private int Shift => Doubles ? 1 : 0;

    /// <summary>Gets the addend of the results, in the same order; null for none.</summary>
    public float* Addend { get; init; }

    /// <summary>Gets whether results below 0 become 0 (ReLU), after the addition.</summary>
    public bool Rectifies { get; init; }

    /// <summary>Gets the offset from a result to its addend, in bytes; 0 for none.</summary>
    public nint ToAddend => Addend == null ? 0 : (nint)Addend - (nint)Output;

    /// <summary>The address of an input pixel; it must be inside the image, or in the rows above or below.</summary>
    public float* Pixel(int image, int y, int x)
    {
        var row = ((long)image * (ResultsOfInput >> Shift)) + (y >> Shift) + Above;
        return Input + (((row * (Width >> Shift)) + (x >> Shift)) * Filters.InChannels);
    }

    /// <summary>The address of an output pixel.</summary>
    public float* Result(int image, int y, int x) =>
        Output + (((((long)image * Height) + y) * Width) + x) * Filters.OutChannels;
}
