using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>Converts pixel masks to latent masks. 1 is painted, 0 is kept.</summary>
internal static class LatentMasks
{
    /// <summary>How much of each latent pixel is kept: the minimum over its pixels.</summary>
    public static Tensor Kept(Tensor masks, int factor)          // [B, 1, H, W] -> [B, 1, h, w]
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Real(1) - nn.functional.max_pool2d(masks, kernel_size: factor));
    }

    /// <summary>Binarises a mask, as in the training of inpainting models.</summary>
    public static Tensor Binary(Tensor masks)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter((masks >= Real(0.5)).to(ScalarType.Float32));
    }

    /// <summary>Takes the upper left pixel of each latent pixel, as the reference's nearest interpolation does.</summary>
    public static Tensor Nearest(Tensor masks, int factor)       // [B, 1, H, W] -> [B, 1, h, w]
    {
        using var scope = NewDisposeScope();
        var first = TensorIndex.Slice(step: factor);
        return scope.MoveToOuter(masks[TensorIndex.Colon, TensorIndex.Colon, first, first].contiguous());
    }
}
