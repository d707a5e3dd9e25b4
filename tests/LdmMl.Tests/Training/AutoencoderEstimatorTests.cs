using System.Reflection;
using LdmMl.Tests.Autoencoders;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

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
    public void Problems_are_warnings_in_the_log_and_in_the_history_of_the_transformer()
    {
        var (context, lines) = (new MLContext(), new List<string>());
        context.Log += (_, message) => lines.Add($"{message.Kind}: {message.RawMessage}");
        using var trained = context.LatentDiffusion().Trainers.Autoencoder(Quick with { Training = Quick.Training with { LearningRate = 1e-12 } })
            .Fit(ImageRows.Load(context));

        const string Sentence = "The learning rate 1E-12 is low for 4 images per step: usual rates are 3.6E-06 for large networks to 0.005 for tiny ones.";
        Assert.Contains($"Warning: step 1, LearningRateUnusual: {Sentence}", lines);
        Assert.Equal(Sentence, Assert.Single(trained.History[0].Verdicts).Sentence);
    }

    [Fact]
    public void The_seed_of_the_context_determines_the_weights()
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
    public void Every_term_reaches_the_log_and_the_stored_model_contains_only_the_autoencoder()
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
        Assert.Equal(StoredBytes(plain), StoredBytes(trained), 64.0);   // the discriminator by itself has 140,000 weights

        double StoredBytes(ITransformer transformer)
        {
            using var file = new MemoryStream();
            context.Model.Save(transformer, data.Schema, file);
            using var archive = new System.IO.Compression.ZipArchive(file, System.IO.Compression.ZipArchiveMode.Read);
            return archive.Entries.Sum(entry => entry.Length);
        }
    }

    [Fact]
    public void A_cancelled_context_ends_the_training()
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
    public void An_image_of_a_different_size_is_refused_with_row_and_sizes()
    {
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(
            Enumerable.Range(0, 3).Select(i => new ImageRows.Row { Image = ImageRows.Picture(i, i == 2 ? 32 : 16, 16) }));
        var error = Assert.Throws<ArgumentException>(() => context.LatentDiffusion().Trainers.Autoencoder(Quick).Fit(data));
        Assert.Equal(
            "Row 2 has an image of 32x16 in column 'Image', the first row one of 16x16. " +
            "Training needs images of one size: use ResizeImagesAntialiased first.",
            error.Message);
    }

    [Fact]
    public void Options_without_any_output_are_refused()
    {
        var error = Assert.Throws<OptionException>(
            () => new MLContext().LatentDiffusion().Trainers.Autoencoder(new AutoencoderEstimatorOptions { LatentColumnName = null, ReconstructionColumnName = null }));
        Assert.Equal("LatentColumnName is null; and ReconstructionColumnName is not given either; name at least one column to append.", error.Message);
    }

    [Fact]
    public void A_cancelled_token_ends_the_training_and_the_transformer_keeps_its_progress()
    {
        var context = new MLContext(seed: 1);
        var data = ImageRows.Load(context);
        using var cancel = new CancellationTokenSource();
        var options = Quick with
        {
            Training = new() { Steps = 10_000, BatchSize = 4 }, CancellationToken = cancel.Token,
            Progress = new Steps(step =>
            {
                if (step.Step == 3)
                    cancel.Cancel();
            }),
        };
        using var trained = context.LatentDiffusion().Trainers.Autoencoder(options).Fit(data);

        Assert.Equal(TrainingOutcome.Cancelled, trained.Outcome);
        Assert.Equal(3, trained.History[^1].Step);
        Assert.Equal(11, ImageRows.Latents(trained.Transform(data)).Length);
        Assert.Throws<OperationCanceledException>(() => context.LatentDiffusion().Trainers.Autoencoder(options).Fit(data));
    }

    [Fact]
    public void Every_step_reaches_the_receiver_and_the_transformer_has_the_history()
    {
        var context = new MLContext(seed: 1);
        var data = ImageRows.Load(context);
        var steps = new List<TrainingStep>();
        using var trained = context.LatentDiffusion().Trainers.Autoencoder(Quick with { Progress = new Steps(steps.Add) }).Fit(data);

        Assert.Equal([1, 2, 3, 4], steps.Select(step => step.Step));
        Assert.Equal(steps, trained.History);
        Assert.Equal(TrainingOutcome.Completed, trained.Outcome);
        Assert.Equal(TimeSpan.Zero, steps[^1].TimeLeft);
    }

    [Fact]
    public void Column_names_and_a_few_numbers_are_enough()
    {
        var context = new MLContext(seed: 1);
        var data = ImageRows.Load(context);
        var estimator = context.LatentDiffusion().Trainers.Autoencoder("Image", "Code", reconstructionColumnName: null, numberOfEpochs: 1, batchSize: 11);
        using var trained = estimator.Fit(data);

        Assert.Equal(1, trained.History[^1].Steps);
        Assert.NotNull(trained.GetOutputSchema(data.Schema).GetColumnOrNull("Code"));
    }

    [Fact]
    public void Images_whose_sides_do_not_fit_the_network_are_refused_with_advice()
    {
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(new[] { new OddRow { Image = ImageRows.Picture(1, 30, 30) } });
        var chain = context.LatentDiffusion().Trainers.Autoencoder().Append(context.LatentDiffusion().Trainers.Diffusion());
        var error = Assert.Throws<ArgumentException>(() => chain.Fit(data));
        Assert.Equal(
            "Column 'Image' holds images of 30x30; to train, both sides must be multiples of 4. Use ResizeImagesAntialiased first.", error.Message);
    }

    /// <summary>Internal in ML.NET; AutoML calls it when its time is up.</summary>
    private static void Cancel(MLContext context) =>
        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(context, null);

    private sealed class OddRow
    {
        [ImageType(30, 30)]
        public MLImage Image { get; set; } = null!;
    }
}
