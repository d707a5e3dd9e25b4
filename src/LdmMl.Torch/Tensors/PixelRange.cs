namespace LdmMl.Torch.Tensors;

/// <summary>The range of float pixel values that a network works in.</summary>
public enum PixelRange
{
    /// <summary>Byte 0 is -1 and byte 255 is 1: <c>byte * (2f / 255f) - 1</c>. Latent diffusion's first stages use it.</summary>
    MinusOneToOne,

    /// <summary>Byte 0 is 0 and byte 255 is 1: <c>byte / 255f</c>. The tiny autoencoders use it.</summary>
    ZeroToOne,
}
