namespace LdmMl.Torch.Models.UNets;

/// <summary>What a residual block does to the size of its map.</summary>
internal enum MapResize
{
    /// <summary>No change.</summary>
    None,

    /// <summary>Averages squares of four pixels.</summary>
    Halve,

    /// <summary>Repeats each pixel in a square of four.</summary>
    Double,
}
