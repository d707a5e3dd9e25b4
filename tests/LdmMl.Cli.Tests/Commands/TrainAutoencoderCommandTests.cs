using System.Diagnostics;
using System.Text.Json.Nodes;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;

namespace LdmMl.Cli.Tests.Commands;

public sealed class TrainAutoencoderCommandTests : IDisposable
{
    private static readonly string[] Small =
        ["--size", "8", "--channels", "8", "--norm-groups", "4", "--multipliers", "1", "1", "--latent-channels", "2", "--batch", "2"];

    private readonly SampleFiles files = new SampleFiles().AddImages();

    public void Dispose() => files.Dispose();

    [Fact]
    public void A_trained_model_can_be_opened_and_is_the_same_for_the_same_seed()
    {
        var run = Train(files.Out, "--steps", "3", "--validation", files.Images);
        Train(files.File("again"), "--steps", "3", "--validation", files.Images);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("validation: PSNR", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, ToolRun.Start("info", files.Out).ExitCode);
        Assert.Equal(Weights(files.Out), Weights(files.File("again")));
    }

    [Fact]
    public void An_interrupted_training_keeps_its_progress()
    {
        using var process = ToolRun.Begin(
            ["train", "autoencoder", "--images", files.Images, "--out", files.Out, "--validation", files.Images, .. Small, "--steps", "1000000"]);
        while (process.StandardError.ReadLine() is { } line && !line.StartsWith("epoch", StringComparison.Ordinal))
        {
        }
        ToolRun.Interrupt(process);
        process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(130, process.ExitCode);
        Assert.Equal(0, ToolRun.Start("info", files.Out).ExitCode);
    }

    [Fact]
    public void A_training_resumes_to_the_same_numbers()
    {
        Train(files.File("whole"), "--steps", "5", "--decay", "none");
        Train(files.Out, "--steps", "5", "--decay", "none", "--save-interval", "2");
        var stopped = Train(files.File("half"), "--steps", "2", "--decay", "none");
        var refused = Train(files.File("half"), "--steps", "5", "--decay", "none");
        var resumed = Train(files.File("half"), "--steps", "5", "--decay", "none", "--resume");
        var again = Train(files.File("half"), "--steps", "5", "--decay", "none", "--resume");

        Assert.Equal((0, 2, 0, 0), (stopped.ExitCode, refused.ExitCode, resumed.ExitCode, again.ExitCode));
        Assert.Contains("which contains a model and the state of its training; give --resume to continue", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("was already complete, after 5 steps; its result is written again", again.Output, StringComparison.Ordinal);
        Assert.Equal(Weights(files.File("whole")), Weights(files.Out));
        Assert.Equal(Weights(files.File("whole")), Weights(files.File("half")));
    }

    [Fact]
    public void A_training_is_shown_on_the_console_in_a_report_and_in_TensorBoard()
    {
        var report = files.File("training.html");
        var run = Train(
            files.Out, "--steps", "4", "--validation", files.Images, "--learning-rate", "1e-12", "--report", report, "--tensorboard", files.File("events"),
            "--preview-interval", "2", "--json", files.File("run.json"));
        var page = File.ReadAllText(report);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("warning: step 1: The learning rate 1E-12 is low for 2 images per step", run.Errors, StringComparison.Ordinal);
        Assert.Contains("<strong>Step 1.</strong> The learning rate 1E-12 is low", page, StringComparison.Ordinal);
        Assert.Contains("each above its reconstruction after 4 steps", page, StringComparison.Ordinal);
        Assert.Contains("<dt>state</dt><dd>Completed</dd>", page, StringComparison.Ordinal);
        Assert.Equal(
            "LearningRateUnusual",
            JsonNode.Parse(File.ReadAllText(files.File("run.json")))!["verdicts"]![0]!["kind"]!.GetValue<string>());
        var events = Assert.Single(Directory.GetFiles(files.File("events")));
        Assert.Contains("preview", System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(events)), StringComparison.Ordinal);
        Assert.DoesNotContain("skipped", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_of_a_resumed_training_includes_the_earlier_runs()
    {
        Train(files.Out, "--steps", "3", "--decay", "none");
        var run = Train(files.Out, "--steps", "5", "--decay", "none", "--resume", "--report", files.File("training.html"));
        var page = File.ReadAllText(files.File("training.html"));

        Assert.Contains("resuming after step 3", run.Errors, StringComparison.Ordinal);
        Assert.Contains("step 5 of 5", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_that_does_not_fit_the_network_is_refused_before_any_work()
    {
        var run = ToolRun.Start(["train", "autoencoder", "--images", files.Images, "--out", files.Out, .. Small.Skip(2), "--size", "9"]);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("--size is 9; with this network it must be a multiple of 2.", run.Errors.Trim());
        Assert.False(Directory.Exists(files.Out));
    }

    [Fact]
    public void The_whole_objective_is_trained_and_shown_term_by_term()
    {
        var run = Train(
            files.Out, "--size", "16", "--steps", "3", "--adversarial-weight", "0.5", "--adversarial-start", "1", "--discriminator-channels", "4",
            "--discriminator-layers", "1", "--discriminator-norm", "Group", "--learned-log-variance", "--json", files.File("run.json"));
        var json = JsonNode.Parse(File.ReadAllText(files.File("run.json")))!;

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            ["reconstruction", "kullback-leibler", "adversarial"],
            json["lastStep"]!["terms"]!.AsArray().Select(term => term!["name"]!.GetValue<string>()));
        Assert.Equal(1, json["lastStep"]!["logged"]!["disc_factor"]!.GetValue<double>());
        Assert.NotEqual(0, json["lastStep"]!["logged"]!["logvar"]!.GetValue<double>());
        Assert.NotNull(json["lastStep"]!["discriminator"]);
    }

    [Fact]
    public void A_training_that_diverges_says_so_in_words_and_in_the_JSON_and_saves_no_model()
    {
        var run = Train(files.Out, "--steps", "30", "--learning-rate", "1e30", "--warmup", "0", "--json", files.File("run.json"));
        var json = JsonNode.Parse(File.ReadAllText(files.File("run.json")))!;

        Assert.Equal(2, run.ExitCode);
        Assert.EndsWith("No model is saved.", run.Errors.Trim(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(files.Out, "model_index.json")));
        Assert.Equal("Diverged", json["outcome"]!.GetValue<string>());
        Assert.StartsWith("Training stopped at step", json["failure"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_file_stops_the_training_unless_it_may_be_skipped()
    {
        File.WriteAllText(Path.Combine(files.Images, "broken.png"), "no image");
        var stopped = Train(files.Out, "--steps", "1");
        var skipped = Train(files.Out, "--steps", "1", "--skip-broken", "--overwrite");

        Assert.Equal(2, stopped.ExitCode);
        Assert.Contains("broken.png", stopped.Errors, StringComparison.Ordinal);
        Assert.Equal(0, skipped.ExitCode);
        Assert.Contains("warning:", skipped.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_about_the_network_and_the_training_name_the_options() => Assert.Equal(
        [
            "--channels is 10; it must be at least 1 and a multiple of the 4 groups of a normalisation.",
            "--learning-rate is 0; it must be above 0.",
            "--adversarial-weight is -1; it must be above 0; for no discriminator set no adversarial options.",
            "--discriminator-layers needs a discriminator; give --adversarial-weight as well.",
            "--size is 8; a discriminator with --discriminator-layers 3 needs at least 24.",
            "--perceptual-weight needs a perceptual term; give --lpips or --perceptual as well.",
            "--collapse-limit is 1; it must be above 1, or left out for no rollback.",
            "--preview-interval is 5, but nothing shows the images; give --report or --tensorboard as well.",
            "--save-minutes is -1; it must be from 0, to count only steps, to 527040, a year.",
        ],
        [
            Complaint("--channels", "10"), Complaint("--learning-rate", "0"), Complaint("--adversarial-weight", "-1", "--size", "16"),
            Complaint("--discriminator-layers", "3"), Complaint("--adversarial-weight", "1", "--discriminator-layers", "3"),
            Complaint("--perceptual-weight", "2"),
            Complaint("--adversarial-weight", "1", "--collapse-limit", "1", "--size", "16"),
            Complaint("--preview-interval", "5"), Complaint("--save-minutes", "-1"),
        ]);

    [Fact]
    public void A_training_that_stops_early_is_a_success()
    {
        var run = Train(
            files.Out, "--steps", "50", "--learning-rate", "1e-30", "--validation", files.Images, "--validation-interval", "1", "--patience", "2",
            "--keep-best", "--accumulate", "2", "--ema", "0.5");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Stopped early after 3 steps", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Patience_without_validation_images_is_refused_by_name() =>
        Assert.EndsWith("--patience is 2; it needs validation images.", Complaint("--patience", "2"), StringComparison.Ordinal);

    [Fact]
    public void A_training_can_start_from_a_model()
    {
        Train(files.File("first"), "--steps", "3");
        var further = ToolRun.Start(
            "train", "autoencoder", "--from", files.File("first"), "--images", files.Images, "--out", files.Out, "--steps", "1", "--batch", "2",
            "--warmup", "0", "--learning-rate", "1e-9", "--multipliers", "1", "1", "--json", files.File("run.json"));
        using var start = AutoencoderModel.Load(files.File("first"));
        using var end = AutoencoderModel.Load(files.Out);

        Assert.Equal(0, further.ExitCode);
        Assert.NotEqual(start.ComputeWeightHash(), end.ComputeWeightHash());
        using var image = TorchSharp.torch.zeros(1, 3, 8, 8);
        using var before = start.Reconstruct(image);
        using var after = end.Reconstruct(image);
        Assert.True(TorchSharp.torch.allclose(before, after, atol: 1e-4));
    }

    [Fact]
    public void A_network_other_than_that_of_the_starting_model_is_refused()
    {
        files.AddModel();
        string From(params string[] given) =>
            ToolRun.Start(["train", "autoencoder", "--from", files.Model, "--images", files.Images, "--out", files.Out, .. given]).Errors.Trim();

        Assert.Equal(
            $"--channels is 16, but --from continues from '{files.Model}', where it is 8; leave --channels out.", From("--channels", "16"));
        Assert.Equal(
            $"--multipliers is 1 2 2, but --from continues from '{files.Model}', where it is 1 1; leave --multipliers out.",
            From("--multipliers", "1", "2", "2"));
        Assert.False(Directory.Exists(files.Out));
    }

    [Fact]
    public void The_default_weight_of_an_uncalibrated_distance_is_shown()
    {
        using var weights = new PerceptualFilesOfTests();
        var trunk = weights.Trunk(PerceptualTrunkConfig.Vgg(PerceptualFilesOfTests.SmallPlan));
        var silent = Train(files.Out, "--steps", "1", "--size", "32", "--perceptual", trunk);
        var chosen = Train(files.Out, "--steps", "1", "--size", "32", "--perceptual", trunk, "--perceptual-weight", "0.1", "--overwrite");

        Assert.Contains("weight 0.03, as found for examples/models/emoji-vgg.safetensors;", silent.Errors, StringComparison.Ordinal);
        Assert.Contains("choose a --perceptual-weight", silent.Errors, StringComparison.Ordinal);
        Assert.Contains("weight 0.1\n", chosen.Errors.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal((0, 0), (silent.ExitCode, chosen.ExitCode));
    }

    [Fact]
    public void Help_shows_the_default_of_a_list() =>
        Assert.Contains("[default: 1 2 2]", ToolRun.Start("train", "autoencoder", "--help").Output.ReplaceLineEndings(" "), StringComparison.Ordinal);

    // Each option is given once: the options under test replace those of the small network.
    private string Complaint(params string[] given)
    {
        var rest = Pairs(Small).Where(pair => !given.Contains(pair[0])).SelectMany(pair => pair);
        return ToolRun.Start(["train", "autoencoder", "--images", files.Images, "--out", files.Out, .. rest, .. given]).Errors.Trim();
    }

    private static IEnumerable<string[]> Pairs(string[] words)
    {
        for (var start = 0; start < words.Length;)
        {
            var end = Array.FindIndex(words, start + 1, word => word.StartsWith("--", StringComparison.Ordinal));
            end = end < 0 ? words.Length : end;
            yield return words[start..end];
            start = end;
        }
    }

    private ToolRun Train(string folder, params string[] more) =>
        ToolRun.Start(
        [
            "train", "autoencoder", "--images", files.Images, "--out", folder,
            .. Pairs(Small).Where(pair => !more.Contains(pair[0])).SelectMany(pair => pair), .. more,
        ]);

    private static byte[] Weights(string folder) => File.ReadAllBytes(Path.Combine(folder, "vae", "diffusion_pytorch_model.safetensors"));
}
