using LdmMl.Torch.Models.UNets;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>
/// An unconditional U-Net as one would first write it: eager operations in the order of the paper's code, attention by matrix products and
/// softmax, no in-place operations, one dispose scope around the whole forward pass. The peer with which the library's own forward pass is compared.
/// </summary>
/// <param name="weights">The state dictionary with the published keys.</param>
/// <param name="config">Its shape: convolutions for resampling, and a time embedding that is added.</param>
internal sealed class NaiveUNet(IReadOnlyDictionary<string, Tensor> weights, UNetConfig config)
{
    public Tensor Predict(Tensor states, Tensor timesteps)                       // [B, c, h, w], [B] -> [B, c', h, w]
    {
        using var scope = NewDisposeScope();
        var embedding = Embed(timesteps);
        var skips = new Stack<Tensor>();
        skips.Push(Conv3x3("input_blocks.0.0", states));
        for (var block = 1; weights.Keys.Any(key => key.StartsWith($"input_blocks.{block}.", StringComparison.Ordinal)); block++)
            skips.Push(Block($"input_blocks.{block}", skips.Peek(), embedding));
        var h = ResBlock("middle_block.0", skips.Peek(), embedding);
        h = ResBlock("middle_block.2", Attention("middle_block.1", h), embedding);
        for (var block = 0; skips.Count > 0; block++)
            h = Block($"output_blocks.{block}", cat([h, skips.Pop()], dim: 1), embedding);
        return scope.MoveToOuter(Conv3x3("out.2", functional.silu(Norm("out.0", h))));
    }

    private Tensor Embed(Tensor timesteps)
    {
        var half = config.BaseChannels / 2;
        var frequencies = (arange(Whole(half), dtype: ScalarType.Float32) * Real(-Math.Log(10000)) / Real(half)).exp();
        var angles = timesteps.unsqueeze(1) * frequencies.unsqueeze(0);
        var embedding = cat([angles.cos(), angles.sin()], dim: 1).to(W("time_embed.0.weight").dtype);
        return Linear("time_embed.2", functional.silu(Linear("time_embed.0", embedding)));
    }

    private Tensor Block(string name, Tensor x, Tensor embedding)
    {
        if (weights.ContainsKey($"{name}.0.op.weight"))
            return functional.conv2d(x, W($"{name}.0.op.weight"), W($"{name}.0.op.bias"), strides: [2, 2], padding: [1, 1]);
        var h = ResBlock($"{name}.0", x, embedding);
        h = weights.ContainsKey($"{name}.1.qkv.weight") ? Attention($"{name}.1", h) : h;
        var upsample = weights.ContainsKey($"{name}.1.conv.weight") ? $"{name}.1.conv" : $"{name}.2.conv";
        if (!weights.ContainsKey($"{upsample}.weight"))
            return h;
        return Conv3x3(upsample, functional.interpolate(h, scale_factor: [2, 2], mode: InterpolationMode.Nearest));
    }

    private Tensor ResBlock(string name, Tensor x, Tensor embedding)
    {
        var h = Conv3x3($"{name}.in_layers.2", functional.silu(Norm($"{name}.in_layers.0", x)));
        h = h.Plus(Linear($"{name}.emb_layers.1", functional.silu(embedding)).unsqueeze(2).unsqueeze(3));
        h = Conv3x3($"{name}.out_layers.3", functional.silu(Norm($"{name}.out_layers.0", h)));
        var skip = $"{name}.skip_connection";
        return (weights.ContainsKey($"{skip}.weight") ? functional.conv2d(x, W($"{skip}.weight"), W($"{skip}.bias")) : x).Plus(h);
    }

    private Tensor Attention(string name, Tensor image)
    {
        var (b, c, tokens) = (image.shape[0], image.shape[1], image.shape[2] * image.shape[3]);
        var width = config.HeadChannels ?? c / config.Heads;
        var x = image.reshape(b, c, tokens);
        var qkv = functional.conv1d(Norm($"{name}.norm", x), W($"{name}.qkv.weight"), W($"{name}.qkv.bias"));
        var parts = qkv.reshape(b * (c / width), width * 3, tokens).split(width, dim: 1);
        var scale = 1 / Math.Sqrt(Math.Sqrt(width));
        var scores = functional.softmax(bmm((parts[0] * Real(scale)).transpose(1, 2), parts[1] * Real(scale)), dim: -1);   // [B heads, T, T]
        var mixed = bmm(parts[2], scores.transpose(1, 2)).reshape(b, c, tokens);
        return x.Plus(functional.conv1d(mixed, W($"{name}.proj_out.weight"), W($"{name}.proj_out.bias"))).reshape(image.shape);
    }

    private Tensor Conv3x3(string name, Tensor x) => functional.conv2d(x, W($"{name}.weight"), W($"{name}.bias"), padding: [1, 1]);

    private Tensor Linear(string name, Tensor x) => functional.linear(x, W($"{name}.weight"), W($"{name}.bias"));

    private Tensor Norm(string name, Tensor x) => functional.group_norm(x, config.NormGroups, W($"{name}.weight"), W($"{name}.bias"), eps: 1e-5);

    private Tensor W(string key) => weights[key];
}
