namespace LdmMl.Torch.Models.UNets;

/// <summary>How a residual block changes the size of its map.</summary>
internal enum MapResize
{
    /// <summary>No change.</summary>
    None,

    /// <summary>2x2 average pooling.</summary>
    Halve,

    /// <summary>Nearest-neighbour upsampling by 2.</summary>
    Double,
}
