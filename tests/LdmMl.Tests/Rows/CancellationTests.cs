using LdmMl.Tests.Autoencoders;
using LdmMl.Tests.Generation;
using LdmMl.Tests.Scoring;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Testing;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Rows;

/// <summary>A token in the options ends the reading of rows.</summary>
public class CancellationTests
{
    private readonly MLContext context = new(seed: 1);

    public static TheoryData<string> Transforms => ["load", "resize", "encode", "decode", "reconstruct", "interpolate", "quality", "perceptual", "generate"];

    [Fact]
    public void Batches_that_are_read_stay_readable_until_the_next_begins()
    {
        using var source = new CancellationTokenSource();
        var output = new SumTransformer(context, 4, prefetch: true, source.Token).Transform(BatchRows.Load(context));
        var rows = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var _ in output.GetColumn<float>("Sum"))
            {
                if (++rows == 6)
                    source.Cancel();
            }
        });
        Assert.Equal(8, rows);
    }

    [Theory]
    [MemberData(nameof(Transforms))]
    public void Every_transform_stops_for_its_own_token(string transform)
    {
        using var source = new CancellationTokenSource();
        (var rows, var estimator, var column) = Pipeline(transform, source.Token);
        using var transformer = (IDisposable)estimator.Fit(rows);
        var output = ((ITransformer)transformer).Transform(rows);
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => output.Preview(2));
        Assert.NotNull(output.Schema.GetColumnOrNull(column));
    }

    [Fact]
    public async Task Sampling_stops_between_two_steps()
    {
        using var model = SmallDiffusion.Create();
        using var source = new CancellationTokenSource();
        var options = SeedRows.Options with
        {
            CancellationToken = source.Token, Settings = new() { Sampling = model.Config.Sampling with { Steps = 1000 } },
        };
        var view = context.Data.LoadFromEnumerable(SeedRows.Create(4));
        using var transformer = context.Transforms.GenerateImages(model, options).Fit(view);
        var reading = Task.Run(() => ImageRows.Latents(transformer.Transform(view)));
        source.CancelAfter(TimeSpan.FromMilliseconds(100));   // a thousand steps take seconds
        await Assert.ThrowsAsync<OperationCanceledException>(() => reading);
    }

    private (IDataView Rows, IEstimator<ITransformer> Estimator, string Column) Pipeline(string transform, CancellationToken token)
    {
        var autoencoder = TestAutoencoders.Kl();
        var images = ImageRows.Load(context, 2);
        using var encoder = context.Transforms.EncodeImages("Latent", autoencoder, "Image").Fit(images);
        var transforms = context.Transforms;
        switch (transform)
        {
            case "load":
                return (context.Data.LoadFromEnumerable(new ImageRows.AnyRow[] { new() }), transforms.LoadImageFiles(
                    new LoadImageFilesOptions { OutputColumnName = "Out", InputColumnName = "Path", CancellationToken = token }), "Out");
            case "resize":
                return (images, transforms.ResizeImagesAntialiased(new ResizeImagesOptions
                {
                    OutputColumnName = "Out", InputColumnName = "Image", ImageWidth = 4, ImageHeight = 4, CancellationToken = token,
                }), "Out");
            case "encode":
                return (images, transforms.EncodeImages(
                    autoencoder, new EncodeImagesOptions { OutputColumnName = "Out", InputColumnName = "Image", CancellationToken = token }), "Out");
            case "decode":
                return (Latents(images, encoder), transforms.DecodeLatents(
                    autoencoder, new DecodeLatentsOptions { OutputColumnName = "Out", InputColumnName = "Latent", CancellationToken = token }), "Out");
            case "reconstruct":
                return (images, transforms.ReconstructImages(
                    autoencoder, new ReconstructImagesOptions { OutputColumnName = "Out", InputColumnName = "Image", CancellationToken = token }), "Out");
            case "interpolate":
                return (Latents(images, encoder), transforms.InterpolateLatents(new InterpolateLatentsOptions
                {
                    OutputColumnName = "Out", FirstColumnName = "Latent", SecondColumnName = "Latent", CancellationToken = token,
                }), "Out");
            case "quality":
                return (images, transforms.ScoreImageQuality(
                    new ScoreImageQualityOptions { ReferenceColumnName = "Image", CandidateColumnName = "Image", CancellationToken = token }), "Psnr");
            case "perceptual":
                PerceptualModel perceptual = PairRows.SmallModel();
                return (images, transforms.ScorePerceptualDistance(perceptual, new ScorePerceptualDistanceOptions
                {
                    ReferenceColumnName = "Image", CandidateColumnName = "Image", CancellationToken = token,
                }), "PerceptualDistance");
            default:
                return (context.Data.LoadFromEnumerable(SeedRows.Create(2)), transforms.GenerateImages(
                    SmallDiffusion.Create(), SeedRows.Options with { CancellationToken = token }), "Out");
        }
    }

    /// <summary>Latents in memory, which outlive the transformer that made them.</summary>
    private IDataView Latents(IDataView images, EncodeImagesTransformer encoder) =>
        context.Data.LoadFromEnumerable(ImageRows.Latents(encoder.Transform(images)).Select(latent => new LatentRow { Latent = latent }).ToArray());

    private sealed class LatentRow
    {
        [VectorType(3, 4, 4)]
        public float[] Latent { get; set; } = [];
    }
}
