using LdmMl.Torch.Kernels;
using LdmMl.Torch.Kernels.ChannelsLast;
using LdmMl.Torch.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>
/// A group normalisation fused with its neighbours: a value added to each channel before, SiLU after, and conversion to the number format of the
/// next layer. In inference on the CPU all of it is one kernel, and in training of channels-last images; elsewhere it is libtorch's operations.
/// </summary>
internal static class FusedNormalization
{
    /// <summary>Normalises images.</summary>
    /// <param name="norm">The normalisation, with float32 weights.</param>
    /// <param name="images">Images [B, C, H, W], float32 or bf16; still owned by the caller.</param>
    /// <param name="format">The number format of the result.</param>
    /// <param name="withSilu">Whether SiLU follows.</param>
    /// <param name="shift">Added to each channel before, [B, C], float32; null for nothing.</param>
    /// <param name="scale">Multiplies each channel, together with 1, after the normalisation, [B, C], float32; null for nothing.</param>
    /// <param name="offset">Added to each channel after the scale, [B, C], float32; given if the scale is.</param>
    /// <returns>Images of the same shape. The caller disposes them.</returns>
    public static Tensor Run(
        GroupNorm norm, Tensor images, ScalarType format, bool withSilu, Tensor? shift = null, Tensor? scale = null, Tensor? offset = null)
    {
        using var scope = NewDisposeScope();
        var isTrained = IsTrained(images) && format == ScalarType.Float32;
        if (!isTrained && !GroupActivation.CanRead(images))
            return scope.MoveToOuter(WithLibtorch(norm, images, format, withSilu, shift, scale, offset));
        var (weight, bias) = ((Tensor)norm.weight!, (Tensor)norm.bias!);
        if (scale is not null)
            (weight, bias) = (weight * (scale + Real(1)), (bias * (scale + Real(1))).Plus(offset!));
        var affine = new ChannelAffine(shift?.contiguous(), weight, bias);
        if (isTrained)
            return scope.MoveToOuter(TrainedNormalization.Run(images, affine, (int)norm.num_groups, norm.eps, withSilu));
        return scope.MoveToOuter(IsPixelWise(images) && format == ScalarType.Float32
            ? PixelGroupActivation.Run(images, affine, (int)norm.num_groups, norm.eps, withSilu)
            : GroupActivation.Run(images.contiguous(), affine, (int)norm.num_groups, norm.eps, withSilu, format));
    }

    /// <summary>
    /// Normalises images of an autoencoder, in their own number format. Its plain maps are large, and there libtorch's operations are faster than a
    /// kernel.
    /// </summary>
    /// <param name="norm">The normalisation.</param>
    /// <param name="images">Images [B, C, H, W]; still owned by the caller.</param>
    /// <param name="withSilu">Whether SiLU follows.</param>
    /// <param name="overwrites">Whether the result may overwrite the images, because nothing reads them any more.</param>
    /// <returns>Images of the same shape. The caller disposes them.</returns>
    public static Tensor RunLarge(GroupNorm norm, Tensor images, bool withSilu, bool overwrites = false)
    {
        var affine = new ChannelAffine(Shift: null, norm.weight!, norm.bias!);
        if (IsTrained(images))
            return TrainedNormalization.Run(images, affine, (int)norm.num_groups, norm.eps, withSilu);
        if (IsPixelWise(images) && !is_grad_enabled())
            return PixelGroupActivation.Run(images, affine, (int)norm.num_groups, norm.eps, withSilu, overwrites);

        var normalised = norm.call(images);
        return withSilu ? normalised.ThenSilu() : normalised;
    }

    private static bool IsTrained(Tensor images) => ConvolutionScope.IsTraining && is_grad_enabled() && IsPixelWise(images);

    private static bool IsPixelWise(Tensor images) =>
        images.dtype == ScalarType.Float32 && images.device_type == DeviceType.CPU && images.IsChannelsLast();

    private static Tensor WithLibtorch(
        GroupNorm norm, Tensor images, ScalarType format, bool withSilu, Tensor? shift, Tensor? scale, Tensor? offset)
    {
        var shifted = shift is null ? images.alias() : images.Plus(Map(shift, images));
        var normalised = norm.call(shifted.to(ScalarType.Float32));
        var scaled = scale is null ? normalised : (normalised * (Map(scale, normalised) + Real(1))).Plus(Map(offset!, normalised));
        return (withSilu ? scaled.ThenSilu() : scaled).to(format);
    }

    private static Tensor Map(Tensor perChannel, Tensor images) => perChannel.unsqueeze(2).unsqueeze(3).to(images.dtype);   // [B, C, 1, 1]
}
