using System.Reflection;
using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Training;

[Collection(nameof(Alone))]
public class AutoencoderEstimatorTests
{
    private static readonly AutoencoderEstimatorOptions Quick = new()
    {
        Network = new KlAutoencoderConfig
        {
            BaseChannels = 8, ChannelMultipliers = [1, 2], LatentChannels = 2, ResidualBlocks = 1, NormGroups = 4, MiddleAttention = false,
        },
        Training = new AutoencoderTrainingOptions { Steps = 4, BatchSize = 4 },
    };

    [Fact]
    public void Fit_gives_a_transformer_that_encodes_and_reconstructs_and_survives_saving()
    {
        var context = new MLContext(seed: 3);
        var data = ImageRows.Load(context);
        using var trained = context.LatentDiffusion().Trainers.Autoencoder(Quick).Fit(data);
        var output = trained.Transform(data);
        var latents = ImageRows.Latents(output);

        Assert.Equal(11, latents.Length);
        Assert.Equal(2 * 8 * 8, latents[0].Length);
        Assert.All(ImageRows.Pixels(output, "Reconstruction"), pixels => Assert.Equal(16 * 16 * 4, pixels!.Length));
        double mean = latents.SelectMany(latent => latent).Average();
        Assert.Equal(1.0, latents.SelectMany(latent => latent).Average(value => (value - mean) * (value - mean)), 1e-2);

        using var file = new MemoryStream();
        context.Model.Save(trained, data.Schema, file);
        file.Position = 0;
        var loaded = new MLContext().Model.Load(file, out _);
        Assert.Equal(latents, ImageRows.Latents(loaded.Transform(data)));
        (loaded as IDisposable)?.Dispose();
    }

    [Fact]
    public void The_seed_of_the_context_decides_the_weights()
    {
        float[] First(int seed)
        {
            var context = new MLContext(seed);
            var data = ImageRows.Load(context);
            using var trained = context.LatentDiffusion().Trainers.Autoencoder(Quick).Fit(data);
            return ImageRows.Latents(trained.Transform(data))[0];
        }

        Assert.Equal(First(1), First(1));
        Assert.NotEqual(First(1), First(2));
    }

    [Fact]
    public void Progress_and_validation_reach_the_log()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, message) => lines.Add(message.Message);
        var data = ImageRows.Load(context);
        context.LatentDiffusion().Trainers.Autoencoder(Quick with { ValidationFraction = 0.3 }).Fit(data).Dispose();

        Assert.Contains(
            lines, line => line.Contains("Step 4 of 4", StringComparison.Ordinal) && line.Contains("validation: PSNR", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_term_reaches_the_log_and_the_stored_model_holds_only_the_autoencoder()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, message) => lines.Add(message.Message);
        var data = ImageRows.Load(context);
        var whole = Quick with
        {
            Training = Quick.Training with { Adversarial = new() { StartStep = 0, Channels = 64, Layers = 1 }, LearnLogVariance = true },
        };
        using var plain = context.LatentDiffusion().Trainers.Autoencoder(Quick).Fit(data);
        using var trained = context.LatentDiffusion().Trainers.Autoencoder(whole).Fit(data);

        Assert.Contains(
            lines, line => line.Contains("adversarial ", StringComparison.Ordinal) && line.Contains("reconstruction ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("d_weight ", StringComparison.Ordinal) && line.Contains("disc_loss ", StringComparison.Ordinal));
        Assert.Equal(StoredBytes(plain), StoredBytes(trained), 64.0);   // the discriminator alone has 140,000 weights

        double StoredBytes(ITransformer transformer)
        {
            using var file = new MemoryStream();
            context.Model.Save(transformer, data.Schema, file);
            using var archive = new System.IO.Compression.ZipArchive(file, System.IO.Compression.ZipArchiveMode.Read);
            return archive.Entries.Sum(entry => entry.Length);
        }
    }

    [Fact]
    public void Cancelling_the_context_ends_the_training()
    {
        var context = new MLContext(seed: 1);
        context.Log += (_, message) =>
        {
            if (message.Message.Contains("Step 1 of", StringComparison.Ordinal))
                Cancel(context);
        };
        var data = ImageRows.Load(context);
        var options = Quick with { Training = new() { Steps = 10_000, BatchSize = 4 } };
        var estimator = context.LatentDiffusion().Trainers.Autoencoder(options);
        Assert.Throws<OperationCanceledException>(() => estimator.Fit(data));
    }

    [Fact]
    public void Only_the_columns_that_are_named_are_appended()
    {
        var context = new MLContext(seed: 1);
        var data = ImageRows.Load(context);
        var estimator = context.LatentDiffusion().Trainers.Autoencoder(Quick with { LatentColumnName = null });
        using var trained = estimator.Fit(data);

        Assert.Null(trained.GetOutputSchema(data.Schema).GetColumnOrNull("Latent"));
        Assert.NotNull(trained.GetOutputSchema(data.Schema).GetColumnOrNull("Reconstruction"));
    }

    [Fact]
    public void An_image_of_another_size_is_refused_with_row_and_sizes()
    {
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(
            Enumerable.Range(0, 3).Select(i => new ImageRows.Row { Image = ImageRows.Picture(i, i == 2 ? 32 : 16, 16) }));
        var error = Assert.Throws<ArgumentException>(() => context.LatentDiffusion().Trainers.Autoencoder(Quick).Fit(data));
        Assert.Equal(
            "Row 2 has an image of 32x16 in column 'Image', the first row one of 16x16. " +
            "Training needs one size: put ResizeImagesAntialiased before it.",
            error.Message);
    }

    [Fact]
    public void Options_without_any_output_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(
            () => new MLContext().LatentDiffusion().Trainers.Autoencoder(new() { LatentColumnName = null, ReconstructionColumnName = null }));
        Assert.Equal("Both LatentColumnName and ReconstructionColumnName are empty; name at least one column to append.", error.Message);
    }

    /// <summary>Internal in ML.NET; AutoML calls it when its time is up.</summary>
    private static void Cancel(MLContext context) =>
        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(context, null);
}
