using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>The pixels of a map as a row of tokens, and back. No copy is needed for channels-last maps.</summary>
internal static class PixelTokens
{
    /// <summary>Converts an image to tokens, and frees it.</summary>
    /// <param name="owned">Images [B, C, H, W].</param>
    /// <returns>Tokens [B, HW, C], contiguous.</returns>
    public static Tensor From(Tensor owned)
    {
        using var scope = NewDisposeScope();
        var tokens = scope.MoveToOuter(owned.permute(0, 2, 3, 1).flatten(1, 2).contiguous());
        owned.Dispose();
        return tokens;
    }

    /// <summary>Converts tokens to an image, and frees them.</summary>
    /// <param name="owned">Tokens [B, HW, C], contiguous.</param>
    /// <param name="like">The image [B, C', H, W] whose order in memory it gets.</param>
    /// <returns>Images [B, C, H, W].</returns>
    public static Tensor ToImage(Tensor owned, Tensor like)
    {
        using var scope = NewDisposeScope();
        var (batch, height, width, channels) = (owned.shape[0], like.shape[2], like.shape[3], owned.shape[2]);

        // Flattened in between, so that a plain map of one pixel is not taken for channels-last.
        var image = like.IsChannelsLast()
            ? owned.reshape(batch, height, width, channels).permute(0, 3, 1, 2)
            : owned.transpose(1, 2).flatten().reshape(batch, channels, height, width);
        scope.MoveToOuter(image);
        owned.Dispose();
        return image;
    }
}
