using System.Runtime.InteropServices;

namespace LdmMl.Torch.Tensors;

/// <summary>Width and height of an image in pixels.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ImageSize(int Width, int Height)
{
    public override string ToString() => $"{Width}x{Height}";
}
