using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Decoding;

public sealed class DecodeLatentsTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly AutoencoderModel model = TestAutoencoders.Kl();

    public void Dispose() => model.Dispose();

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, true)]
    [InlineData(16, true)]
    public void Batch_size_and_prefetching_change_no_bit(int batchSize, bool prefetch)
    {
        LatentRow[] rows = [.. Enumerable.Range(0, 10).Select(LatentRow.Of)];
        Assert.Equal(Decode(rows, 10, prefetch: false), Decode(rows, batchSize, prefetch));
    }

    [Fact]
    public void A_latent_with_NaN_gives_a_missing_image_and_does_not_affect_the_others()
    {
        LatentRow[] rows = [.. Enumerable.Range(0, 4).Select(LatentRow.Of)];
        var wanted = Decode(rows, 4, prefetch: true);
        rows[2].Latent[37] = float.NaN;
        wanted[2] = null;
        Assert.Equal(wanted, Decode(rows, 4, prefetch: true));
    }

    [Fact]
    public void A_latent_of_the_wrong_shape_is_refused_with_the_shape_needed()
    {
        var rows = context.Data.LoadFromEnumerable(new[] { new FlatRow() });
        var exception = Assert.Throws<ArgumentException>(() => context.Transforms.DecodeLatents("Out", model, "Latent").Fit(rows));
        Assert.Equal("Column 'Latent' holds Vector<Single, 48>; this autoencoder decodes Vector<Single, 3, H, W>. Is it the latent of another autoencoder?", exception.Message);
    }

    private byte[]?[] Decode(LatentRow[] rows, int batchSize, bool prefetch)
    {
        var view = context.Data.LoadFromEnumerable(rows);
        var options = new DecodeLatentsOptions { OutputColumnName = "Out", InputColumnName = "Latent", BatchSize = batchSize, Prefetch = prefetch };
        return ImageRows.Pixels(context.Transforms.DecodeLatents(model, options).Fit(view).Transform(view), "Out");
    }

    private sealed class LatentRow
    {
        [VectorType(3, 4, 4)]
        public float[] Latent { get; set; } = [];

        public static LatentRow Of(int i) => new() { Latent = [.. Enumerable.Range(0, 48).Select(k => MathF.Sin(i + 0.3f * k))] };
    }

    private sealed class FlatRow
    {
        [VectorType(48)]
        public float[] Latent { get; set; } = new float[48];
    }
}
