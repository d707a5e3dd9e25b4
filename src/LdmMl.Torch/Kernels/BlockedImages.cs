using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels;

/// <summary>
/// Images in the order that oneDNN's convolutions work in (blocks of 16 channels), float32, CPU, without gradients. Between layers nothing is
/// reordered, and sums are four times as exact as in channels-last order. TorchSharp has no such tensors; libtorch's own language has.
/// </summary>
internal static class BlockedImages
{
    private static readonly Lazy<jit.CompilationUnit> Operations = new(() => jit.compile("""
        def block(x):
            return x.to_mkldnn()

        def plain(x):
            return x.to_dense()

        def pack(weight, stride: int, padding: int):
            return torch.mkldnn_reorder_conv2d_weight(weight.to_mkldnn(), [padding, padding], [stride, stride], [1, 1], 1)

        def convolve(x, weight, bias, stride: int, padding: int):
            return torch.relu_(torch.conv2d(x, weight, bias, [stride, stride], [padding, padding]))

        def pool(x, kernel: int, stride: int, ceil: bool):
            return torch.max_pool2d(x, [kernel, kernel], [stride, stride], [0, 0], [1, 1], ceil)

        """));

    /// <summary>Orders an image tensor [B, C, H, W].</summary>
    public static Tensor From(Tensor images) => (Tensor)Operations.Value.invoke("block", images);

    /// <summary>Puts it back into plain order.</summary>
    public static Tensor ToPlain(Tensor blocked) => (Tensor)Operations.Value.invoke("plain", blocked);

    /// <summary>Orders the weights [Cout, Cin, k, k] of a convolution for it.</summary>
    public static Tensor Pack(Tensor weight, int stride, int padding) => (Tensor)Operations.Value.invoke("pack", weight, (long)stride, (long)padding);

    /// <summary>Convolves with packed weights and applies ReLU.</summary>
    public static Tensor ConvolveRelu(Tensor blocked, Tensor weight, Tensor bias, int stride, int padding) =>
        (Tensor)Operations.Value.invoke("convolve", blocked, weight, bias, (long)stride, (long)padding);

    /// <summary>Takes the largest value of each window.</summary>
    public static Tensor MaxPool(Tensor blocked, int kernel, int stride, bool includesPartial) =>
        (Tensor)Operations.Value.invoke("pool", blocked, (long)kernel, (long)stride, includesPartial);
}
