using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// The KL autoencoder as one would first write it: eager operations in the order of the paper's code, no in-place operations,
/// one dispose scope around the whole forward pass. The peer with which the library's own forward pass is compared.
/// </summary>
/// <param name="weights">The state dictionary with the published keys.</param>
/// <param name="levels">The number of resolutions.</param>
/// <param name="blocks">The number of residual blocks per level of the encoder.</param>
internal sealed class NaiveKlAutoencoder(IReadOnlyDictionary<string, Tensor> weights, int levels, int blocks)
{
    public Tensor Encode(Tensor images)                                          // [B, 3, H, W] -> [B, 2c, H/f, W/f]
    {
        using var scope = NewDisposeScope();
        var h = Conv3x3("encoder.conv_in", images);
        for (var level = 0; level < levels; level++)
        {
            for (var block = 0; block < blocks; block++)
                h = ResBlock($"encoder.down.{level}.block.{block}", h);
            if (level < levels - 1)
                h = functional.conv2d(functional.pad(h, [0, 1, 0, 1]), W($"encoder.down.{level}.downsample.conv.weight"), W($"encoder.down.{level}.downsample.conv.bias"), strides: [2, 2]);
        }
        h = Middle("encoder.mid", h);
        h = Conv3x3("encoder.conv_out", functional.silu(Norm("encoder.norm_out", h)));
        return scope.MoveToOuter(Conv1x1("quant_conv", h));
    }

    public Tensor Decode(Tensor latents)                                         // [B, c, h, w] -> [B, 3, h*f, w*f]
    {
        using var scope = NewDisposeScope();
        var h = Conv3x3("decoder.conv_in", Conv1x1("post_quant_conv", latents));
        h = Middle("decoder.mid", h);
        for (var level = levels - 1; level >= 0; level--)
        {
            for (var block = 0; block <= blocks; block++)
                h = ResBlock($"decoder.up.{level}.block.{block}", h);
            if (level > 0)
                h = Conv3x3($"decoder.up.{level}.upsample.conv", functional.interpolate(h, scale_factor: [2, 2], mode: InterpolationMode.Nearest));
        }
        return scope.MoveToOuter(Conv3x3("decoder.conv_out", functional.silu(Norm("decoder.norm_out", h))));
    }

    private Tensor Middle(string name, Tensor x) => ResBlock($"{name}.block_2", Attention($"{name}.attn_1", ResBlock($"{name}.block_1", x)));

    private Tensor ResBlock(string name, Tensor x)
    {
        var h = Conv3x3($"{name}.conv1", functional.silu(Norm($"{name}.norm1", x)));
        h = Conv3x3($"{name}.conv2", functional.silu(Norm($"{name}.norm2", h)));
        return (weights.ContainsKey($"{name}.nin_shortcut.weight") ? Conv1x1($"{name}.nin_shortcut", x) : x).Plus(h);
    }

    private Tensor Attention(string name, Tensor x)
    {
        var (b, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        var normed = Norm($"{name}.norm", x);
        var q = Conv1x1($"{name}.q", normed).reshape(b, c, h * w).permute(0, 2, 1);   // [B, HW, C]
        var k = Conv1x1($"{name}.k", normed).reshape(b, c, h * w);                    // [B, C, HW]
        var v = Conv1x1($"{name}.v", normed).reshape(b, c, h * w);
        var attention = functional.softmax(bmm(q, k) * Real(1 / Math.Sqrt(c)), dim: 2);   // [B, HW, HW]
        var mixed = bmm(v, attention.permute(0, 2, 1)).reshape(b, c, h, w);
        return x.Plus(Conv1x1($"{name}.proj_out", mixed));
    }

    private Tensor Conv3x3(string name, Tensor x) => functional.conv2d(x, W($"{name}.weight"), W($"{name}.bias"), padding: [1, 1]);

    private Tensor Conv1x1(string name, Tensor x) => functional.conv2d(x, W($"{name}.weight"), W($"{name}.bias"));

    private Tensor Norm(string name, Tensor x) => functional.group_norm(x, 32, W($"{name}.weight"), W($"{name}.bias"), eps: 1e-6);

    private Tensor W(string key) => weights[key];
}
