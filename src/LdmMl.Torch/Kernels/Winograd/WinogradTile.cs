namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>The Winograd tile sizes that have kernels.</summary>
internal enum WinogradTile
{
    /// <summary>F(2x2, 3x3).</summary>
    F2,

    /// <summary>F(4x4, 3x3).</summary>
    F4,
}
