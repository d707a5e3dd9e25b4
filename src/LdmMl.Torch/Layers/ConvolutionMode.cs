namespace LdmMl.Torch.Layers;

/// <summary>
/// How 3x3 convolutions are computed on the CPU in float32, and in a training their gradients. Elsewhere (bf16, GPU, processors without AVX2)
/// libtorch computes them in every mode. In inference <see cref="Auto"/> and <see cref="Exact"/> also compute 1x1 convolutions, linear layers and
/// attention by the library's own kernels, which are as accurate as libtorch's, and a row's result is the same to the last bit in every batch, within
/// a mode; in a training they also compute group normalisations.
/// </summary>
public enum ConvolutionMode
{
    /// <summary>
    /// Winograd's F(4x4, 3x3) (Lavin and Gray 2016) where it is faster: two to three times as fast as direct convolution. A layer deviates from
    /// float64 by at most a relative root mean square of 1e-5, a whole network by 115 dB or more.
    /// </summary>
    Auto,

    /// <summary>
    /// F(2x2, 3x3) where it is faster, otherwise libtorch. A layer deviates from float64 by a relative root mean square of about 2.6e-7 at every
    /// width, where libtorch's float32 deviates by 2.2e-7 in plain order and, growing with the width, by 4e-7 to 1.1e-6 in channels-last order.
    /// </summary>
    Exact,

    /// <summary>libtorch's direct convolutions.</summary>
    Direct,
}
