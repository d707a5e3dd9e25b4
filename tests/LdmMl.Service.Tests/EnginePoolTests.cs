using ImageService.Engines;
using LdmMl;
using LdmMl.Torch.Generation;
using Microsoft.ML.Data;

namespace ImageService.Tests;

/// <summary>The pool of prediction engines, which any program may copy.</summary>
public class EnginePoolTests(LabelService fixture) : IClassFixture<LabelService>
{
    [Fact]
    public async Task Threads_share_engines_and_each_keeps_its_own_images()
    {
        using var model = LatentDiffusionModel.Load(fixture.Model);
        using var engines = new ImageEngines(model.Autoencoder, perceptualModel: null);
        MLImage[] images = [.. Enumerable.Range(0, 24).Select(Image)];
        byte[][] expected = [.. images.Select(image =>
        {
            using var reconstruction = model.Autoencoder.Reconstruct(image);
            return reconstruction.Pixels.ToArray();
        })];

        // All are kept until the last one is there: an image that still belonged to its engine would have changed.
        var made = await Task.WhenAll(images.Select(image => Task.Run(() => engines.Reconstruct(image))));

        Assert.Equal(expected, made.Select(reconstruction => reconstruction.Image.Pixels.ToArray()));
        foreach (var reconstruction in made)
            reconstruction.Dispose();
    }

    [Fact]
    public void An_engine_is_used_again_and_closed_with_the_pool()
    {
        var created = 0;
        using var model = LatentDiffusionModel.Load(fixture.Model);
        var mlContext = new Microsoft.ML.MLContext();
        var transformer = mlContext.Transforms.ScoreImageQuality("Reference", "Candidate").Fit(mlContext.Data.LoadFromEnumerable<PairRow>([]));
        var pool = new EnginePool<PairRow, ScoredRow>(() =>
        {
            created++;
            return mlContext.Model.CreatePredictionEngine<PairRow, ScoredRow>(transformer);
        });
        using var image = Image(3);

        for (var row = 0; row < 5; row++)
            Assert.Equal(1, pool.Predict(new PairRow { Reference = image, Candidate = image }, scored => scored.Ssim));
        pool.Dispose();

        Assert.Equal(1, created);
        Assert.Throws<ObjectDisposedException>(() => pool.Predict(new PairRow { Reference = image, Candidate = image }, scored => scored.Ssim));
    }

    private static MLImage Image(int number)
    {
        byte[] pixels = [.. Enumerable.Range(0, 16 * 16 * 4).Select(index => (byte)(index % 4 == 3 ? 255 : index * (number + 3) % 251))];
        return MLImage.CreateFromPixels(16, 16, MLPixelFormat.Rgba32, pixels);
    }
}
