using LdmMl.Torch.Layers.Rows;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Layers;

/// <summary>Self-attention of the autoencoders over all pixels: one head, scale C^-0.5, 1x1 convolutions, residual.</summary>
internal sealed class AttentionBlock : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly GroupNorm norm;
    private readonly ImageConvolution q;
    private readonly ImageConvolution k;
    private readonly ImageConvolution v;
    private readonly ImageConvolution proj_out;

    public AttentionBlock(int channels, int normGroups, Device? device = null) : base(nameof(AttentionBlock))
    {
        norm = GroupNormalization.Create(normGroups, channels, GroupNormalization.AutoencoderEpsilon, device);
        q = new ImageConvolution(channels, channels, kernel: 1, device: device);
        k = new ImageConvolution(channels, channels, kernel: 1, device: device);
        v = new ImageConvolution(channels, channels, kernel: 1, device: device);
        proj_out = new ImageConvolution(channels, channels, kernel: 1, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)                 // [B, C, H, W] -> [B, C, H, W]
    {
        using var scope = NewDisposeScope();
        using var h = FusedNormalization.RunLarge(norm, input.to(q.Format), withSilu: false);
        using var query = Tokens(q.call(h));                     // [B, 1, HW, C]
        using var key = Tokens(k.call(h));
        using var value = Tokens(v.call(h));
        var image = PixelTokens.ToImage(HeadAttention.Run(query, key, value), like: input);
        return scope.MoveToOuter(image.Then(proj_out).ThenTo(ScalarType.Float32).ThenAdd(input));
    }

    /// <summary>
    /// Computes a map strip by strip: keys and values of all pixels are stored, queries pass them in slices. A query's result does not depend on its
    /// slice.
    /// </summary>
    /// <param name="input">The map [1, C, H, W]; nothing else reads it.</param>
    /// <param name="memory">What may be stored in between.</param>
    public RowMap Over(RowMap input, RowMemory memory)
    {
        var map = KeptRows.Of(input, memory);
        var normalization = RowNormalization.Measure(map, norm, withSilu: false, q.Format);
        var (keys, values) = KeysAndValues(map, normalization);
        var taken = 2 * map.Bytes * keys.ElementSize / sizeof(float);
        memory.Take(taken);
        using (keys)
        using (values)
        {
            var step = new RowStep(map.Channels, (rows, _) => Attend(rows, normalization, keys, values));
            var result = KeptRows.Whole(new WindowedRows(map, step, memory), memory);
            memory.Give(taken);
            return result;
        }
    }

    private (Tensor Keys, Tensor Values) KeysAndValues(RowMap map, RowNormalization normalization)   // 2 x [1, 1, HW, C]
    {
        using var scope = NewDisposeScope();
        long[] shape = [1, 1, map.Height * map.Width, map.Channels];
        var (keys, values, at) = (empty(shape, dtype: q.Format), empty(shape, dtype: q.Format), 0L);
        foreach (var strip in map.Read(0, last: false))
        {
            using var inner = NewDisposeScope();
            var h = normalization.Apply([strip]);
            var key = Tokens(k.call(h));
            keys.narrow(2, at, key.shape[2]).copy_(key);
            values.narrow(2, at, key.shape[2]).copy_(Tokens(v.call(h)));
            at += key.shape[2];
            h.Dispose();
        }

        return (keys.DetachFromDisposeScope(), values.DetachFromDisposeScope());
    }

    private Tensor Attend(Tensor rows, RowNormalization normalization, Tensor keys, Tensor values)   // [1, C, rows, W] -> [1, C, rows, W]
    {
        using var scope = NewDisposeScope();
        using var h = normalization.Apply([rows.alias()]);
        using var query = Tokens(q.call(h));
        var image = PixelTokens.ToImage(HeadAttention.Run(query, keys, values), like: rows);
        return scope.MoveToOuter(image.Then(proj_out).ThenTo(ScalarType.Float32).ThenAdd(rows));
    }

    private static Tensor Tokens(Tensor owned) => PixelTokens.From(owned).unsqueeze(1);   // [B, C, H, W] -> [B, 1, HW, C]
}
