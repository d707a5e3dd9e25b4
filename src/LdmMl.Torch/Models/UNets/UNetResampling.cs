namespace LdmMl.Torch.Models.UNets;

/// <summary>How a U-Net downsamples and upsamples its maps.</summary>
public enum UNetResampling
{
    /// <summary>A convolution of stride 2 down; repeated pixels and a convolution up.</summary>
    Convolution,

    /// <summary>Average pooling down and repeated pixels up, without weights (<c>conv_resample: False</c>).</summary>
    Plain,

    /// <summary>A residual block that pools, or repeats pixels, on both its paths (<c>resblock_updown</c>).</summary>
    ResidualBlock,
}
