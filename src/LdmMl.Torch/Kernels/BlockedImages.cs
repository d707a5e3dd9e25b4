using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Kernels;

/// <summary>
/// Images in the memory format of oneDNN's convolutions (blocks of 16 channels), float32, CPU, without gradients. Between layers nothing has to be
/// reordered, and sums are four times as exact as in channels-last order. TorchSharp has no such tensors; libtorch's own language has.
/// </summary>
internal static class BlockedImages
{
    private static readonly Lazy<jit.CompilationUnit> Orders = new(() => jit.compile("""
        def block(x):
            return x.to_mkldnn()

        def plain(x):
            return x.to_dense()

        """));

    private static readonly ConcurrentDictionary<(int Stride, int Padding), Lazy<jit.CompilationUnit>> Convolutions = new();
    private static readonly ConcurrentDictionary<(int Kernel, int Stride, bool IncludesPartial), Lazy<jit.CompilationUnit>> Pools = new();

    /// <summary>Converts an image tensor [B, C, H, W].</summary>
    public static Tensor From(Tensor images) => (Tensor)Orders.Value.invoke("block", images);

    /// <summary>Converts it back to plain order.</summary>
    public static Tensor ToPlain(Tensor blocked) => (Tensor)Orders.Value.invoke("plain", blocked);

    /// <summary>Reorders the weights [Cout, Cin, k, k] of a convolution for it.</summary>
    public static Tensor Pack(Tensor weight, int stride, int padding) => (Tensor)Convolution(stride, padding).invoke("pack", weight);

    /// <summary>Convolves with packed weights and applies ReLU.</summary>
    public static Tensor ConvolveRelu(Tensor blocked, Tensor weight, Tensor bias, int stride, int padding) =>
        (Tensor)Convolution(stride, padding).invoke("convolve", blocked, weight, bias);

    /// <summary>Max pooling.</summary>
    public static Tensor MaxPool(Tensor blocked, int kernel, int stride, bool includesPartial) =>
        (Tensor)Pools.GetOrAdd((kernel, stride, includesPartial), CompilePool).Value.invoke("pool", blocked);

    // Numbers are part of the compiled script, never arguments: TorchSharp turns an argument into a native scalar that nothing keeps alive, and a
    // garbage collection
    // at the wrong moment frees it before it is read.
    private static jit.CompilationUnit Convolution(int stride, int padding) => Convolutions.GetOrAdd((stride, padding), CompileConvolution).Value;

    private static Lazy<jit.CompilationUnit> CompileConvolution((int Stride, int Padding) of) => new(() => jit.compile($"""
        def pack(weight):
            return torch.mkldnn_reorder_conv2d_weight(weight.to_mkldnn(), [{of.Padding}, {of.Padding}], [{of.Stride}, {of.Stride}], [1, 1], 1)

        def convolve(x, weight, bias):
            return torch.relu_(torch.conv2d(x, weight, bias, [{of.Stride}, {of.Stride}], [{of.Padding}, {of.Padding}]))

        """));

    private static Lazy<jit.CompilationUnit> CompilePool((int Kernel, int Stride, bool IncludesPartial) of) => new(() => jit.compile($"""
        def pool(x):
            return torch.max_pool2d(x, [{of.Kernel}, {of.Kernel}], [{of.Stride}, {of.Stride}], [0, 0], [1, 1], {of.IncludesPartial})

        """));
}
