namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>The sizes of Winograd's tiles that there are kernels for.</summary>
internal enum WinogradTile
{
    /// <summary>F(2x2, 3x3).</summary>
    F2,

    /// <summary>F(4x4, 3x3).</summary>
    F4,
}
