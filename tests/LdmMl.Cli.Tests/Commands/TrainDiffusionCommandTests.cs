using System.Diagnostics;
using System.Text.Json.Nodes;
using LdmMl.Torch.Generation;

namespace LdmMl.Cli.Tests.Commands;

public sealed class TrainDiffusionCommandTests : IDisposable
{
    private static readonly string[] Small =
    [
        "--size", "16", "--channels", "8", "--norm-groups", "4", "--multipliers", "1", "1", "--attention", "0", "--blocks", "1", "--head-channels", "4",
        "--batch", "2",
    ];

    private readonly SampleFiles files = new SampleFiles().AddImages(count: 4).AddModel();

    public TrainDiffusionCommandTests() =>
        File.WriteAllText(files.File("labels.csv"), "file,label\nimage0.png,cat\nimage1.png,owl\nimage2.png,cat\nimage3.png,owl\n");

    public void Dispose() => files.Dispose();

    [Fact]
    public void A_trained_model_knows_its_labels_generates_and_is_the_same_for_the_same_seed()
    {
        string[] labels = ["--labels", files.File("labels.csv"), "--validation", files.Images, "--flips", "--prediction", "V"];
        string[] more = ["--min-snr", "5", "--latents", "mean", "--sampler", "unipc", "--sampling-steps", "9", "--validation-interval", "2"];
        labels = [.. labels, .. more];
        var run = Train(files.Out, [.. labels, "--steps", "3", "--json", files.File("run.json")]);
        var again = Train(files.File("again"), [.. labels, "--steps", "3", "--save-interval", "0"]);
        var images = ToolRun.Start("generate", "--model", files.Out, "--label", "owl", "--guidance", "2", "--steps", "2", "--out", files.File("images"));

        Assert.Equal((0, 0, 0), (run.ExitCode, again.ExitCode, images.ExitCode));
        Assert.Contains("4 images, 2 labels, 4 validation images", run.Errors, StringComparison.Ordinal);
        Assert.Contains($"Completed after 3 steps: {files.Out}", run.Output, StringComparison.Ordinal);
        Assert.Contains("validation: loss", run.Output, StringComparison.Ordinal);
        Assert.Equal(Hash(files.Out), Hash(files.File("again")));
        Assert.False(Directory.Exists(Path.Combine(files.File("again"), "training")));
        var json = JsonNode.Parse(File.ReadAllText(files.File("run.json")))!;
        Assert.Equal(["cat", "owl"], json["model"]!["labels"]!.AsArray().Select(label => label!.GetValue<string>()));
        Assert.Equal(("Completed", 3), (json["outcome"]!.GetValue<string>(), json["lastStep"]!["step"]!.GetValue<int>()));
        Assert.True(json["validation"]!["loss"]!.GetValue<double>() > 0);
        Assert.Equal("Velocity", json["model"]!["prediction"]!.GetValue<string>());
        Assert.Equal(("UniPc", 9), (json["model"]!["sampler"]!.GetValue<string>(), json["model"]!["steps"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("captions.tsv", "image0.png\ta cat\tcat\nimage1.png\tan owl\nimage2.png\ta cat\nimage3.png\towl\nimage3.png\ta small owl\n", 6)]
    [InlineData("captions.csv", "file,category,caption\nimage0.png,x,\"a cat, asleep\"\nimage1.png,x,owl\nimage2.png,x,cat\nimage3.png,x,owl\n", 4)]
    [InlineData("captions.jsonl", """
        {"file_name":"image0.png","text":["a cat","cat"]}
        {"file_name":"image1.png","text":"owl"}
        {"file_name":"image2.png","text":"cat"}
        {"file_name":"image3.png","text":"owl"}
        """, 5)]
    public void A_model_trained_on_captions_generates_from_a_prompt(string name, string table, int captions)
    {
        File.WriteAllText(files.File(name), table);
        var run = Train(
            files.Out, "--captions", files.File(name), "--validation", files.Images, "--steps", "2", "--text-width", "8", "--text-heads", "2",
            "--text-layers", "1", "--text-tokens", "6");
        var images = ToolRun.Start("generate", "--model", files.Out, "--prompt", "an owl", "--steps", "2", "--out", files.File("images"));

        Assert.Equal((0, 0), (run.ExitCode, images.ExitCode));
        Assert.Contains($"4 images, {captions} captions, 4 validation images", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_captions_are_refused_with_what_to_do()
    {
        File.WriteAllText(files.File("few.tsv"), "image0.png\ta cat\n");
        File.WriteAllText(files.File("empty.tsv"), "image0.png\t\n");
        File.WriteAllText(files.File("other.csv"), "file,label\nimage0.png,cat\n");
        string Refusal(params string[] options) => Train(files.Out, [.. options, "--steps", "1"]).Errors;

        Assert.Contains(
            "has no caption for 'image1.png', 'image2.png', 'image3.png'; add lines for them", Refusal("--captions", files.File("few.tsv")),
            StringComparison.Ordinal);
        Assert.Contains("should name a file ('file_name' in JSON) and its captions", Refusal("--captions", files.File("empty.tsv")), StringComparison.Ordinal);
        Assert.Contains("none of them is 'caption' or 'text'", Refusal("--captions", files.File("other.csv")), StringComparison.Ordinal);
        Assert.Contains("which is not there", Refusal("--captions", files.File("missing.tsv")), StringComparison.Ordinal);
        Assert.Contains(
            "--captions and --labels are both given", Refusal("--captions", files.File("few.tsv"), "--labels", files.File("labels.csv")), StringComparison.Ordinal);
        Assert.Contains("--text-width is about captions, but there are none; give --captions as well.", Refusal("--text-width", "8"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_of_a_training_shows_samples_of_every_label()
    {
        var run = Train(
            files.Out, "--labels", files.File("labels.csv"), "--validation", files.Images, "--steps", "2", "--sampling-steps", "2",
            "--report", files.File("training.html"));
        var page = File.ReadAllText(files.File("training.html"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("8 samples with the seeds 1 to 8, labels cat, owl after 2 steps", page, StringComparison.Ordinal);
        Assert.Contains("Validation: error of the prediction", page, StringComparison.Ordinal);
        Assert.Contains("<dt>labels</dt><dd>cat, owl</dd>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_resumes_to_the_same_numbers()
    {
        Train(files.File("whole"), "--steps", "5");
        Train(files.Out, "--steps", "2");
        var refused = Train(files.Out, "--steps", "5");
        var other = Train(files.Out, "--steps", "5", "--resume", "--learning-rate", "0.5");
        var resumed = Train(files.Out, "--steps", "5", "--resume");

        Assert.Equal((2, 2, 0), (refused.ExitCode, other.ExitCode, resumed.ExitCode));
        Assert.Contains("which contains a model and the state of its training; give --resume to continue, --overwrite to start over, or choose another folder.", refused.Errors, StringComparison.Ordinal);
        Assert.Contains(": --learning-rate was 0.0002, now it is 0.5. Use", other.Errors, StringComparison.Ordinal);
        Assert.Contains("Completed after 5 steps", resumed.Output, StringComparison.Ordinal);
        Assert.Equal(Hash(files.File("whole")), Hash(files.Out));
    }

    [Fact]
    public void A_complete_training_writes_its_model_again_and_succeeds()
    {
        Train(files.Out, "--steps", "2");
        var hash = Hash(files.Out);
        Directory.Delete(Path.Combine(files.Out, "unet"), recursive: true);
        var again = Train(files.Out, "--steps", "2", "--resume");

        Assert.Equal(0, again.ExitCode);
        Assert.Contains("was already complete, after 2 steps; its result is written again", again.Output, StringComparison.Ordinal);
        Assert.Equal(hash, Hash(files.Out));
    }

    [Fact]
    public void Fewer_steps_than_a_training_has_taken_are_refused_with_the_options_name()
    {
        Train(files.Out, "--steps", "3");
        var hash = Hash(files.Out);
        var fewer = Train(files.Out, "--steps", "2", "--resume");

        Assert.Equal(2, fewer.ExitCode);
        Assert.StartsWith($"--steps is 2; that is 2 steps, but the training in '{files.Out}", fewer.Errors.Trim().Split('\n')[^1], StringComparison.Ordinal);
        Assert.Equal(hash, Hash(files.Out));
    }

    [Fact]
    public void A_training_starts_over_if_its_model_may_be_overwritten()
    {
        Train(files.Out, "--steps", "2");
        var before = Hash(files.Out);
        var run = Train(files.Out, "--steps", "3", "--overwrite");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Completed after 3 steps", run.Output, StringComparison.Ordinal);
        Assert.NotEqual(before, Hash(files.Out));
    }

    [Fact]
    public void Subfolders_are_labels_on_request()
    {
        foreach (var label in new[] { "cats", "owls" })
        {
            Directory.CreateDirectory(Path.Combine(files.Images, label));
            File.Move(Path.Combine(files.Images, $"image{(label == "cats" ? 0 : 1)}.png"), Path.Combine(files.Images, label, "1.png"));
        }

        var stray = Train(files.Out, "--steps", "1", "--label-folders");
        foreach (var number in new[] { 2, 3 })
            File.Move(Path.Combine(files.Images, $"image{number}.png"), Path.Combine(files.Images, "owls", $"{number}.png"));
        var run = Train(files.Out, "--steps", "1", "--label-folders");
        var info = ToolRun.Start("info", files.Out);

        Assert.Equal((2, 0), (stray.ExitCode, run.ExitCode));
        Assert.Contains("4 images, 2 labels", run.Errors, StringComparison.Ordinal);
        Assert.Contains("cats, owls", info.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupted_training_keeps_model_and_state_and_resumes_to_the_same_numbers()
    {
        using (var process = ToolRun.Begin(Words(files.Out, "--steps", "1000000", "--validation", files.Images, "--json", files.File("run.json"))))
        {
            while (process.StandardError.ReadLine() is { } line && !line.StartsWith("epoch", StringComparison.Ordinal))
            {
            }
            ToolRun.Interrupt(process);
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(130, process.ExitCode);
            Assert.Contains("Interrupted; the same command with --resume continues from there.", errors, StringComparison.Ordinal);
        }

        var done = JsonNode.Parse(File.ReadAllText(files.File("run.json")))!["lastStep"]!["step"]!.GetValue<int>();
        Assert.Equal(0, ToolRun.Start("info", files.Out).ExitCode);
        string[] further = ["--steps", $"{done + 1}", "--validation", files.Images];
        Assert.Equal(0, Train(files.Out, [.. further, "--resume"]).ExitCode);
        Assert.Equal(0, Train(files.File("whole"), further).ExitCode);
        Assert.Equal(Hash(files.File("whole")), Hash(files.Out));
    }

    [Fact]
    public void Half_precision_halves_the_files()
    {
        Train(files.Out, "--steps", "1");
        Train(files.File("half"), "--steps", "1", "--storage", "Float16");

        Assert.InRange((double)Length(files.File("half")) / Length(files.Out), 0.4, 0.7);
        Assert.Equal(0, ToolRun.Start("info", files.File("half")).ExitCode);
    }

    [Fact]
    public void Messages_name_the_options() => Assert.Equal(
        [
            "--size is 18; it must be a multiple of 4: 2 for the autoencoder, times 2 for the U-Net's --multipliers.",
            "--only needs labels; give --labels or --label-folders as well.",
            "--schedule is trained, but the tool takes no list of betas; choose scaled-linear, linear, square-root or cosine.",
            "--learning-rate is -1; it must be above 0.",
            "--ema is 1; it must be at least 0 and below 1, or 0 for no moving average.",
            "--prediction is epsilon; it must be velocity or start if the schedule has zero terminal SNR: at its last step epsilon says nothing about the image.",
            $"--labels names '{files.File("nothing")}', which does not exist.",
            "--sampling-steps is 1001; the model's schedule has 1000, so choose 1 to 1000.",
            "--steps and --epochs both set the length of the training; use only one of them.",
        ],
        [
            Complaint("--size", "18"), Complaint("--only", "cat"), Complaint("--schedule", "Trained"), Complaint("--learning-rate", "-1"),
            Complaint("--ema", "1"), Complaint("--zero-terminal-snr"), Complaint("--labels", files.File("nothing")),
            Complaint("--sampling-steps", "1001"), Complaint("--epochs", "2"),
        ]);

    [Fact]
    public void A_missing_column_of_the_label_table_is_refused_with_the_options_name()
    {
        var table = files.File("labels.csv");
        File.WriteAllText(table, "file,label\na.png,cat\n");

        Assert.Equal($"--label-column is 'breed'; '{table}' has 'file', 'label'.", Complaint("--labels", table, "--label-column", "breed"));
    }

    [Fact]
    public void Nothing_to_resume_is_reported()
    {
        var run = Train(files.Out, "--steps", "1", "--resume");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("it contains no training state", run.Errors, StringComparison.Ordinal);
    }

    private string Complaint(params string[] given) => Train(files.Out, [.. given, "--steps", "1"]).Errors.Trim().Split('\n')[^1];

    private ToolRun Train(string folder, params string[] more) => ToolRun.Start(Words(folder, more));

    private string[] Words(string folder, params string[] more)
    {
        var size = more.Contains("--size") ? Small[2..] : Small;
        return ["train", "diffusion", "--autoencoder", files.Model, "--images", files.Images, "--out", folder, .. size, .. more];
    }

    private static string Hash(string folder)
    {
        using var model = LatentDiffusionModel.Load(folder);
        return model.ComputeWeightHash();
    }

    private static long Length(string folder) => new FileInfo(Path.Combine(folder, "unet", "diffusion_pytorch_model.safetensors")).Length;
}
