using LdmMl.Images;
using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Tests.Generation;

public sealed class GenerateImagesTests : IDisposable
{
    private readonly MLContext context = new(seed: 1);
    private readonly LatentDiffusionModel model = SmallDiffusion.Create("labels");

    public void Dispose() => model.Dispose();

    private static GenerateImagesOptions Labelled => SeedRows.Options with
    {
        LabelColumnName = "Label",
        Settings = new GenerationSettings { Sampling = new SamplingSettings { Sampler = new DdimSampler { Eta = 0.5 }, Steps = 3 }, GuidanceScale = 2, GuidanceRescale = 0.3 },
    };

    [Fact]
    public void Images_and_latents_equal_those_of_the_model()
    {
        var rows = SeedRows.Create(5);
        var (images, latents) = SeedRows.Generate(model, rows, Labelled);
        using var scope = NewDisposeScope();
        var batch = new GenerationBatch { Seeds = [.. rows.Select(row => row.Seed)], Labels = [0, 1, 2, 0, 1] };
        Assert.Equal([.. model.GenerateLatents(batch, Labelled.Settings).data<float>()], latents.SelectMany(latent => latent));
        var planes = model.Generate(batch, Labelled.Settings);
        for (var i = 0; i < rows.Length; i++)
        {
            using var wanted = MLImagePlanes.FromPlanes(planes[i].contiguous().data<float>().ToArray(), 3, PixelRange.MinusOneToOne, SeedRows.Side, SeedRows.Side);
            Assert.Equal(wanted.Pixels.ToArray(), images[i]);
        }
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(64, true)]
    public void Batch_size_and_prefetching_change_no_bit(int batchSize, bool prefetch)
    {
        var rows = SeedRows.Create(7);
        Assert.Equal(SeedRows.Generate(model, rows, Labelled), SeedRows.Generate(model, rows, Labelled with { BatchSize = batchSize, Prefetch = prefetch }), Same);
    }

    [Fact]
    public void Order_and_neighbours_change_no_bit()
    {
        var rows = SeedRows.Create(6);
        var (images, latents) = SeedRows.Generate(model, rows, Labelled);
        var reversed = SeedRows.Generate(model, [.. rows.Reverse()], Labelled);
        Assert.Equal((images, latents), ([.. reversed.Images.Reverse()], [.. reversed.Latents.Reverse()]), Same);
        Assert.Equal(([images[4]], [latents[4]]), SeedRows.Generate(model, [rows[4]], Labelled), Same);
    }

    [Fact]
    public void Every_pass_gives_the_same_bits()
    {
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(5));
        var output = context.Transforms.GenerateImages(model, Labelled).Fit(view).Transform(view);
        Assert.Equal(SeedRows.Read(output), SeedRows.Read(output), Same);
        var shuffled = context.Data.ShuffleRows(context.Transforms.SelectColumns("Seed", "Label").Fit(view).Transform(view), seed: 3);
        var bySeed = view.GetColumn<long>("Seed").Zip(ImageRows.Latents(output)).ToDictionary();
        var again = context.Transforms.GenerateImages(model, Labelled).Fit(shuffled).Transform(shuffled);
        Assert.All(again.GetColumn<long>("Seed").Zip(ImageRows.Latents(again)), row => Assert.Equal(bySeed[row.First], row.Second));
    }

    [Fact]
    public async Task Four_threads_read_one_transformer()
    {
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(5));
        var output = context.Transforms.GenerateImages(model, Labelled).Fit(view).Transform(view);
        var wanted = SeedRows.Read(output);
        var given = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => SeedRows.Read(output))));
        Assert.All(given, one => Assert.Equal(wanted, one, Same));
    }

    [Fact]
    public void A_prediction_engine_gives_the_same_values_as_a_cursor()
    {
        var rows = SeedRows.Create(3);
        var wanted = SeedRows.Generate(model, rows, Labelled);
        var view = context.Data.LoadFromEnumerable(rows);
        using var engine =
            context.Model.CreatePredictionEngine<SeedRows.Row, SeedRows.Output>(context.Transforms.GenerateImages(model, Labelled).Fit(view));
        for (var i = 0; i < rows.Length; i++)
        {
            var output = engine.Predict(rows[i]);
            Assert.Equal(wanted.Images[i], output.Out.Pixels.ToArray());
            Assert.Equal(wanted.Latents[i], output.Latent);
        }
    }

    [Fact]
    public void Latents_decode_to_the_images()
    {
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(5));
        var output = context.Transforms.GenerateImages(model, Labelled)
            .Append(context.Transforms.DecodeLatents("Decoded", model.Autoencoder, "Latent")).Fit(view).Transform(view);
        Assert.Equal(ImageRows.Pixels(output, "Out"), ImageRows.Pixels(output, "Decoded"));
    }

    [Fact]
    public void A_column_has_the_same_values_with_and_without_the_other()
    {
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(3));
        var both = context.Transforms.GenerateImages(model, Labelled).Fit(view).Transform(view);
        var images = new List<byte[]>();
        var latents = new List<float[]>();
        foreach (var row in context.Data.CreateEnumerable<SeedRows.Output>(both, reuseRowObject: false))
        {
            images.Add(row.Out.Pixels.ToArray());
            latents.Add(row.Latent);
        }

        Assert.Equal(([.. images], [.. latents]), SeedRows.Read(both), Same);
    }

    [Fact]
    public void Nothing_is_computed_for_columns_that_nobody_reads()
    {
        // A row that cannot be generated: generating it would throw.
        var rows = SeedRows.Create(2);
        rows[1].Label = "no such label";
        var view = context.Data.LoadFromEnumerable(rows);
        var output = context.Transforms.GenerateImages(model, Labelled).Fit(view).Transform(view);
        Assert.Equal(rows.Select(row => row.Seed), output.GetColumn<long>("Seed"));
        Assert.Equal(2, output.GetRowCount());
        Assert.Throws<InvalidDataException>(() => ImageRows.Latents(output));
    }

    [Fact]
    public void Steps_and_guidance_can_be_given_directly()
    {
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(3));
        var output = context.Transforms.GenerateImages("Out", model, "Seed", "Label", steps: 2, guidanceScale: 3).Fit(view).Transform(view);
        var settings = new GenerationSettings { Sampling = model.Config.Sampling with { Steps = 2 }, GuidanceScale = 3 };
        Assert.Equal(SeedRows.Generate(model, SeedRows.Create(3), Labelled with { Settings = settings }).Images, ImageRows.Pixels(output, "Out"));
    }

    [Fact]
    public void Another_size_can_be_requested()
    {
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(2));
        var options = Labelled with { Settings = new GenerationSettings { Width = 24, Height = 8 } };
        var output = context.Transforms.GenerateImages(model, options).Fit(view).Transform(view);
        Assert.All(ImageRows.Pixels(output, "Out"), pixels => Assert.Equal(24 * 8 * 4, pixels!.Length));
        Assert.All(ImageRows.Latents(output), latent => Assert.Equal(4 * 4 * 12, latent.Length));
    }

    [Fact]
    public void Transformers_and_cursors_outlive_the_callers_model()
    {
        var rows = SeedRows.Create(6);
        var wanted = SeedRows.Generate(this.model, rows, Labelled);
        var view = context.Data.LoadFromEnumerable(rows);
        var model = this.model.Share();
        var transformer = context.Transforms.GenerateImages(model, Labelled).Fit(view);
        var output = transformer.Transform(view);
        model.Dispose();
        using var cursor = output.GetRowCursor(output.Schema);
        var getter = cursor.GetGetter<VBuffer<float>>(output.Schema["Latent"]);
        VBuffer<float> latent = default;
        for (var i = 0; cursor.MoveNext(); i++)
        {
            getter(ref latent);
            Assert.Equal(wanted.Latents[i], latent.DenseValues());
            if (i == 1)
                transformer.Dispose();
        }

        Assert.Throws<ObjectDisposedException>(() => ImageRows.Latents(output));
    }

    private static bool Same((byte[]?[] Images, float[][] Latents) wanted, (byte[]?[] Images, float[][] Latents) given) =>
        wanted.Images.Length == given.Images.Length
        && wanted.Images.Zip(given.Images).All(pair => pair.First!.AsSpan().SequenceEqual(pair.Second))
        && wanted.Latents.Zip(given.Latents).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
}
