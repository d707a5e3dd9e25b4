using System.Reflection;
using LdmMl.Tests.Autoencoders;
using LdmMl.Tests.Schemas;
using LdmMl.Tests.Storage;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Training;

[Collection(nameof(Alone))]
public class DiffusionEstimatorTests
{
    private static readonly string[] Names = ["even", "odd"];

    [Fact]
    public void Fit_gives_a_transformer_that_generates_from_seeds_and_labels_and_survives_saving()
    {
        var context = new MLContext(seed: 3);
        var data = DiffusionRows.Load(context);
        using var autoencoder = DiffusionRows.Autoencoder();
        var options = DiffusionRows.Quick with { Autoencoder = autoencoder };
        using var trained = context.LatentDiffusion().Trainers.Diffusion(options).Fit(data);
        var seeds = DiffusionRows.Seeds(context, (1, "even"), (2, "odd"), (1, "odd"), (1, "even"), (4, ""));
        var images = ImageRows.Pixels(trained.Transform(seeds), "Generated");

        Assert.All(images, image => Assert.Equal(16 * 16 * 4, image!.Length));
        Assert.Equal(images[0], images[3]);
        Assert.NotEqual(images[0], images[1]);
        using var model = trained.OpenLatentDiffusion();
        Assert.Equal(Names, Assert.IsType<LabelConditioning>(model.Config.Conditioning).Names);

        using var file = new MemoryStream();
        context.Model.Save(trained, seeds.Schema, file);
        file.Position = 0;
        var loaded = new MLContext().Model.Load(file, out _);
        Assert.Equal(images, ImageRows.Pixels(loaded.Transform(seeds), "Generated"));
        (loaded as IDisposable)?.Dispose();
    }

    [Theory]
    [InlineData("Caption", null)]
    [InlineData("Wordings", "Label")]
    public void A_model_that_is_trained_on_captions_reads_a_column_of_prompts_and_survives_saving(string captions, string? prompts)
    {
        var context = new MLContext(seed: 3);
        var data = DiffusionRows.Load(context);
        using var autoencoder = DiffusionRows.Autoencoder();
        var quick = DiffusionRows.Quick;
        var options = quick with
        {
            Autoencoder = autoencoder, LabelColumnName = null, CaptionColumnName = captions, ValidationFraction = 0.2,
            Training = quick.Training with
            {
                UNet = quick.Training.UNet! with { ContextDimension = 8 },
                TextEncoder = new TextEncoderTrainingOptions { Width = 8, Heads = 2, Layers = 1, Tokens = 6 },
            },
            Generation = quick.Generation with { PromptColumnName = prompts },
        };
        using var trained = context.LatentDiffusion().Trainers.Diffusion(options).Fit(data);
        var images = ImageRows.Pixels(trained.Transform(data), "Generated");
        using var file = new MemoryStream();
        context.Model.Save(trained, data.Schema, file);
        file.Position = 0;
        var loaded = new MLContext().Model.Load(file, out _);

        Assert.Equal(11, images.Length);
        Assert.Equal(images, ImageRows.Pixels(loaded.Transform(data), "Generated"));
        (loaded as IDisposable)?.Dispose();
    }

    [Theory]
    [InlineData("Label", null)]
    [InlineData(null, "Caption")]
    public void A_LoRA_of_a_trained_model_is_saved_as_a_file_of_its_own_and_merged_into_the_transformer(string? labels, string? captions)
    {
        var context = new MLContext(seed: 3);
        var data = DiffusionRows.Load(context);
        using var autoencoder = DiffusionRows.Autoencoder();
        var quick = DiffusionRows.Quick with { LabelColumnName = labels, CaptionColumnName = captions };
        var all = quick with
        {
            Autoencoder = autoencoder,
            Training = quick.Training with
            {
                UNet = quick.Training.UNet! with { ContextDimension = captions is null ? null : 8 },
                TextEncoder = new TextEncoderTrainingOptions { Width = 8, Heads = 2, Layers = 1, Tokens = 6 },
            },
        };
        using var before = context.LatentDiffusion().Trainers.Diffusion(all).Fit(data);
        using var model = before.OpenLatentDiffusion();
        using var trained = context.LatentDiffusion().Trainers.Diffusion(quick with
        {
            Training = new DiffusionTrainingOptions
            {
                InitialModel = model, Lora = new LoraTrainingOptions { Rank = 2 }, Steps = 3, BatchSize = 4, LearningRate = 0.02, WarmupSteps = 0,
            },
        }).Fit(data);
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, TrainedLora.FileName);
        trained.Lora!.Save(path);
        var column = new GenerateImagesOptions { OutputColumnName = "Generated", SeedOffset = 0, LabelColumnName = labels, PromptColumnName = captions };
        using var merged = trained.OpenLatentDiffusion();
        using var styled = context.Transforms.GenerateImages(model, column with { Loras = [new WeightedLora(path)] }).Fit(data);

        Assert.Null(before.Lora);
        Assert.Equal(ImageRows.Pixels(trained.Transform(data), "Generated"), ImageRows.Pixels(styled.Transform(data), "Generated"));
        Assert.NotEqual(model.ComputeWeightHash(), merged.ComputeWeightHash());
    }

    [Fact]
    public void Missing_captions_and_captions_together_with_labels_are_refused()
    {
        var context = new MLContext(seed: 3);
        var data = DiffusionRows.Load(context);
        var trainers = context.LatentDiffusion().Trainers;
        var both = Assert.ThrowsAny<ArgumentException>(() => trainers.Diffusion(DiffusionRows.Quick with { CaptionColumnName = "Caption" }));
        var number = trainers.Diffusion(DiffusionRows.Quick with { LabelColumnName = null, CaptionColumnName = "Number" });

        Assert.Equal("CaptionColumnName is 'Caption'; LabelColumnName is given too; a model is trained with labels or with captions.", both.Message);
        Assert.Equal(
            "Column 'Number' holds Int32; captions are needed: text, or vectors of text with several wordings for each image.",
            Assert.Throws<ArgumentException>(() => number.GetOutputSchema(SchemaTests.ShapeOf(data.Schema))).Message);
    }

    [Fact]
    public async Task A_chain_of_both_trainers_fits_saves_and_generates_in_a_fresh_process()
    {
        var context = new MLContext(seed: 1);
        var data = DiffusionRows.Load(context);
        var trainers = context.LatentDiffusion().Trainers;
        var both =
            trainers.Autoencoder(DiffusionRows.FirstStage).Append(trainers.Diffusion(DiffusionRows.Quick));
        Assert.Contains("Generated", both.GetOutputSchema(SchemaTests.ShapeOf(data.Schema)).Select(column => column.Name));
        using var chain = both.Fit(data);
        var wanted = FreshProcess.GenerateTrained(context, chain.LastTransformer);
        Assert.Equal(4, wanted.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count());

        using var folder = new TemporaryFolder();
        var file = folder.File("model.zip");
        context.Model.Save(chain, data.Schema, file);
        Assert.Equal(wanted, await FreshProcess.RunTrained(file));

        // The whole chain also generates for rows like those it was fitted on, which have no seeds: they are numbered.
        Assert.Equal(11, ImageRows.Pixels(chain.Transform(data), "Generated").Length);
    }

    [Fact]
    public void A_part_of_a_chain_that_is_only_for_training_is_left_out_of_the_model_for_scoring()
    {
        var context = new MLContext(seed: 1);
        var trainers = context.LatentDiffusion().Trainers;
        using var chain = new EstimatorChain<ITransformer>()
            .Append(trainers.Autoencoder(DiffusionRows.FirstStage), TransformerScope.TrainTest).Append(trainers.Diffusion(DiffusionRows.Quick))
            .Fit(DiffusionRows.Load(context));
        var generating = chain.GetModelFor(TransformerScope.Scoring);

        Assert.Equal(2, ImageRows.Pixels(generating.Transform(DiffusionRows.Seeds(context, (1, "odd"), (2, "even"))), "Generated").Length);
    }

    [Fact]
    public void A_fitted_transformer_can_be_the_first_stage_and_text_keys_and_numbers_are_labels()
    {
        var context = new MLContext(seed: 1);
        var data = DiffusionRows.Load(context);
        var trainers = context.LatentDiffusion().Trainers;
        using var first = trainers.Autoencoder(DiffusionRows.FirstStage).Fit(data);
        var keyed = context.Transforms.Conversion.MapValueToKey("Key", "Label").Fit(data).Transform(data);
        foreach ((var column, var names, var count) in new[] { ("Key", Names, 2), ("Number", [], 2) })
        {
            var options = DiffusionRows.Quick with { FirstStage = first, LabelColumnName = column, ValidationFraction = 0.2 };
            using var trained = trainers.Diffusion(options).Fit(keyed);
            using var model = trained.OpenLatentDiffusion();
            var labels = Assert.IsType<LabelConditioning>(model.Config.Conditioning);
            Assert.Equal(names, labels.Names);
            Assert.Equal(count, labels.Count);
        }
    }

    [Fact]
    public void Progress_and_validation_reach_the_log_and_the_context_ends_the_training()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, message) => lines.Add(message.Message);
        var data = DiffusionRows.Load(context);
        using var autoencoder = DiffusionRows.Autoencoder();
        var options = DiffusionRows.Quick with { Autoencoder = autoencoder, LabelColumnName = null, ValidationFraction = 0.3 };
        context.LatentDiffusion().Trainers.Diffusion(options).Fit(data).Dispose();
        Assert.Contains(
            lines, line => line.Contains("Step 4 of 4", StringComparison.Ordinal) && line.Contains("validation: loss", StringComparison.Ordinal));

        using var folder = new TemporaryFolder();
        var endless = options with
        {
            Training = options.Training with { Steps = 10_000, StateFolder = folder.File("state") },
        };
        context.Log += (_, message) =>
        {
            if (message.Message.Contains("Step 1 of 10000", StringComparison.Ordinal))
                Cancel(context);
        };
        var estimator = context.LatentDiffusion().Trainers.Diffusion(endless);
        Assert.Throws<OperationCanceledException>(() => estimator.Fit(data));
        Assert.True(File.Exists(Path.Combine(folder.File("state"), "state.json")));
    }

    [Fact]
    public void Impossible_options_are_refused_before_training()
    {
        var context = new MLContext(seed: 1);
        var data = DiffusionRows.Load(context);
        using var autoencoder = DiffusionRows.Autoencoder();
        var good = DiffusionRows.Quick with { Autoencoder = autoencoder };
        string Refusal(DiffusionEstimatorOptions options) =>
            Assert.ThrowsAny<ArgumentException>(() => context.LatentDiffusion().Trainers.Diffusion(options).Fit(data)).Message;

        Assert.Equal(
            "There is no first stage: give Autoencoder or FirstStage, or put Trainers.Autoencoder before this in a chain, whose column 'Latent' " +
            "(LatentColumnName) names it.",
            Refusal(DiffusionRows.Quick));
        Assert.StartsWith(
            "There is no column 'Kind'; the input has 'Label', 'Number', 'Caption', 'Wordings', 'Image'.",
            Refusal(good with { LabelColumnName = "Kind" }), StringComparison.Ordinal);
        Assert.StartsWith(
            "There is no column 'Seed'", Refusal(good with { Generation = good.Generation with { SeedOffset = null } }), StringComparison.Ordinal);
        Assert.Contains(
            "GuidanceScale is 2; this model has no condition",
            Refusal(good with { LabelColumnName = null, Generation = good.Generation with { Settings = new() { GuidanceScale = 2 } } }),
            StringComparison.Ordinal);
        Assert.Contains(
            "the U-Net takes 3 channels",
            Refusal(good with { Training = good.Training with { UNet = good.Training.UNet! with { InputChannels = 3 } } }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_without_a_label_and_a_label_only_in_the_validation_set_are_refused()
    {
        var context = new MLContext(seed: 1);
        using var autoencoder = DiffusionRows.Autoencoder();
        var options = DiffusionRows.Quick with { Autoencoder = autoencoder };
        IDataView With(string label) => context.Data.LoadFromEnumerable(
            new[] { "a", "b", label }.Select((name, i) => new DiffusionRows.Row { Label = name, Image = ImageRows.Picture(i, 16, 16) }).ToArray());

        var error = Assert.Throws<ArgumentException>(() => context.LatentDiffusion().Trainers.Diffusion(options).Fit(With("")));
        Assert.Equal("Row 2 has no label in column 'Label'. Filter rows without a label before training.", error.Message);
        error = Assert.Throws<ArgumentException>(
            () => context.LatentDiffusion().Trainers.Diffusion(options with { ValidationData = With("c") }).Fit(With("a")));
        Assert.Equal("Column 'Label' holds the label 'c' in the validation rows, but no training row has it.", error.Message);
    }

    [Fact]
    public void A_cancelled_token_ends_the_training_and_the_transformer_keeps_its_progress()
    {
        var context = new MLContext(seed: 1);
        var data = DiffusionRows.Load(context);
        using var autoencoder = DiffusionRows.Autoencoder();
        using var cancel = new CancellationTokenSource();
        var options = DiffusionRows.Quick with
        {
            Autoencoder = autoencoder, CancellationToken = cancel.Token,
            Progress = new Steps(step =>
            {
                if (step.Step == 2)
                    cancel.Cancel();
            }),
        };
        using var trained = context.LatentDiffusion().Trainers.Diffusion(options).Fit(data);

        Assert.Equal((TrainingOutcome.Cancelled, 2), (trained.Outcome, trained.History[^1].Step));
        Assert.Equal(2, ImageRows.Pixels(trained.Transform(DiffusionRows.Seeds(context, (1, "odd"), (2, "even"))), "Generated").Length);
    }

    [Fact]
    public void A_chain_that_starts_with_files_says_how_to_generate_without_them()
    {
        var context = new MLContext(seed: 1);
        var estimator = context.Transforms.LoadImageFiles("Image", "File");
        using var loading = estimator.Fit(context.Data.LoadFromEnumerable(new[] { new { File = "a.png" } }));
        var error = Assert.Throws<ArgumentException>(() => loading.Transform(DiffusionRows.Seeds(context, (1, "odd"))));

        Assert.Equal(
            "There is no column 'File'; the input has 'Seed', 'Label'. If the model was trained in a chain that begins with files, "
            + "use only the trained transformer: chain.LastTransformer.",
            error.Message);
    }

    /// <summary>Internal in ML.NET; AutoML calls it when its time is up.</summary>
    private static void Cancel(MLContext context) =>
        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(context, null);
}
