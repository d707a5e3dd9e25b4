using System.Text.Json.Nodes;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Training;
using static TorchSharp.torch;

namespace LdmMl.Cli.Tests.Commands;

/// <summary><c>ldmml train diffusion --lora-rank</c>: a small file for a trained model.</summary>
public sealed class TrainLoraCommandTests : IDisposable
{
    private static readonly string[] Small =
    [
        "--size", "16", "--channels", "8", "--norm-groups", "4", "--multipliers", "1", "1", "--attention", "0", "--blocks", "1", "--head-channels", "4",
        "--batch", "2", "--steps", "1",
    ];

    private readonly SampleFiles files = new SampleFiles().AddImages(count: 4).AddModel();

    public TrainLoraCommandTests()
    {
        File.WriteAllText(files.File("labels.csv"), "file,label\nimage0.png,cat\nimage1.png,owl\nimage2.png,cat\nimage3.png,owl\n");
        File.WriteAllText(files.File("captions.tsv"), "image0.png\ta cat\nimage1.png\tan owl\nimage2.png\ta cat\nimage3.png\towl\n");
    }

    public void Dispose() => files.Dispose();

    [Fact]
    public void A_LoRA_of_a_model_with_labels_is_one_small_file_that_changes_what_it_draws()
    {
        var model = Base("--labels", files.File("labels.csv"));
        var before = Hash(model);
        var run = Train(
            files.Out, "--initial-model", model, "--lora-rank", "2", "--lora-alpha", "4", "--labels", files.File("labels.csv"), "--steps", "3",
            "--learning-rate", "0.02", "--validation", files.Images, "--json", files.File("run.json"));
        var lora = Path.Combine(files.Out, TrainedLora.FileName);
        var drawn = ToolRun.Start("generate", "--model", model, "--lora", lora, "--label", "owl", "--steps", "2", "--out", files.File("images"));
        using var opened = LatentDiffusionModel.Load(model);
        using var merged = opened.WithLora(lora);

        Assert.Equal((0, 0), (run.ExitCode, drawn.ExitCode));
        Assert.Contains("LoRA of rank 2 and alpha 4 for ", run.Errors, StringComparison.Ordinal);
        Assert.Contains($"Completed after 3 steps: {files.Out}", run.Output, StringComparison.Ordinal);
        Assert.Equal(["pytorch_lora_weights.safetensors", "training"], Directory.GetFileSystemEntries(files.Out).Select(Path.GetFileName).Order());
        Assert.Equal(before, Hash(model));
        Assert.NotEqual(before, merged.ComputeWeightHash());
        var json = JsonNode.Parse(File.ReadAllText(files.File("run.json")))!;
        Assert.Equal(3, json["lastStep"]!["step"]!.GetValue<int>());
        Assert.Contains("changes", drawn.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_LoRA_of_a_model_with_a_text_encoder_learns_from_captions_and_can_be_half_as_large()
    {
        var model = Base("--captions", files.File("captions.tsv"), "--text-width", "8", "--text-heads", "2", "--text-layers", "1", "--text-tokens", "6");
        string[] more = ["--initial-model", model, "--lora-rank", "8", "--captions", files.File("captions.tsv"), "--steps", "2"];
        var run = Train(files.Out, more);
        var half = Train(files.File("half"), [.. more, "--storage", "float16", "--save-interval", "0"]);
        var (whole, small) = (Lora(files.Out), Lora(files.File("half")));
        var drawn = ToolRun.Start(
            "generate", "--model", model, "--lora", $"{small.FullName}:0.5", "--prompt", "an owl", "--steps", "2", "--out", files.File("images"));

        Assert.Equal((0, 0, 0), (run.ExitCode, half.ExitCode, drawn.ExitCode));
        Assert.True(small.Length < 0.75 * whole.Length, $"{small.Length} of {whole.Length}");
        Assert.Equal(["pytorch_lora_weights.safetensors"], Directory.GetFileSystemEntries(files.File("half")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_LoRA_is_not_replaced_unasked_and_its_training_resumes()
    {
        var model = Base();
        string[] more = ["--initial-model", model, "--lora-rank", "2"];
        var first = Train(files.Out, [.. more, "--steps", "2"]);
        var again = Train(files.Out, [.. more, "--steps", "2"]);
        var resumed = Train(files.Out, [.. more, "--steps", "4", "--resume"]);
        var whole = Train(files.File("whole"), [.. more, "--steps", "4", "--save-interval", "0"]);
        var kept = Train(files.File("whole"), [.. more, "--steps", "4"]);

        Assert.Equal((0, 2, 0, 0, 2), (first.ExitCode, again.ExitCode, resumed.ExitCode, whole.ExitCode, kept.ExitCode));
        Assert.Contains("which contains a LoRA and the state of its training; give --resume", again.Errors, StringComparison.Ordinal);
        Assert.Contains("which contains a LoRA; give --overwrite to replace it", kept.Errors, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Lora(files.File("whole")).FullName), File.ReadAllBytes(Lora(files.Out).FullName));
    }

    [Fact]
    public void A_training_of_all_weights_starts_from_another_model()
    {
        var model = Base();
        var frozen = Train(files.Out, [.. Small, "--autoencoder", files.Model, "--initial-model", model, "--learning-rate", "1e-30", "--weight-decay", "0"]);
        var fresh = Train(files.File("fresh"), [.. Small, "--autoencoder", files.Model, "--seed", "9", "--learning-rate", "1e-30", "--weight-decay", "0"]);

        Assert.Equal((0, 0), (frozen.ExitCode, fresh.ExitCode));
        Assert.InRange(Distance(model, files.Out), 0, 1e-12);    // a rate of 1e-30 still moves a weight of 0
        Assert.InRange(Distance(model, files.File("fresh")), 0.1, 10);
    }

    [Fact]
    public void Options_that_make_no_sense_together_are_refused_by_name()
    {
        var model = Base("--labels", files.File("labels.csv"));
        string Refusal(params string[] options) => Train(files.Out, options).Errors;

        Assert.Contains("--autoencoder is not given; name the trained autoencoder", Refusal(), StringComparison.Ordinal);
        Assert.Contains("--lora-rank trains a LoRA for a trained model; name the model with --initial-model.", Refusal("--lora-rank", "2"), StringComparison.Ordinal);
        Assert.Contains("--lora-alpha is about a LoRA; give --lora-rank as well.", Refusal("--lora-alpha", "2"), StringComparison.Ordinal);
        string[] good = ["--initial-model", model, "--lora-rank", "2"];
        foreach (var (option, value) in new[]
        {
            ("--autoencoder", files.Model), ("--channels", "8"), ("--prediction", "v"), ("--schedule", "cosine"), ("--sampling-steps", "9"),
            ("--label-input", "context-token"),
        })
        {
            Assert.Contains(
                $"{option} is about a new model, but --lora-rank trains a LoRA for --initial-model, which has its own; leave it out.",
                Refusal([.. good, option, value]), StringComparison.Ordinal);
        }

        Assert.Contains("takes labels, but the training images have none", Refusal(good), StringComparison.Ordinal);
        Assert.Contains("--lora-alpha is -1; it must be above 0", Refusal([.. good, "--lora-alpha", "-1"]), StringComparison.Ordinal);
        Assert.Contains("--lora-rank is 999; it must be at most 8", Refusal("--initial-model", model, "--lora-rank", "999"), StringComparison.Ordinal);
        Assert.Contains(
            "--size is 17; it must be a multiple of 4: 2 for the autoencoder, times 2 for the model's U-Net.", Refusal([.. good, "--size", "17"]),
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(files.Out));
    }

    private string Base(params string[] more)
    {
        var folder = files.File("base");
        var run = Train(folder, [.. Small, "--autoencoder", files.Model, "--save-interval", "0", .. more]);
        Assert.True(run.ExitCode == 0, run.Errors);
        return folder;
    }

    private ToolRun Train(string target, params string[] more) =>
        ToolRun.Start(["train", "diffusion", "--images", files.Images, "--out", target, .. more]);

    private static double Distance(string one, string other)
    {
        using var scope = NewDisposeScope();
        using LatentDiffusionModel first = LatentDiffusionModel.Load(one), second = LatentDiffusionModel.Load(other);
        var weights = second.Network.state_dict();
        return first.Network.state_dict().Max(entry => (entry.Value - weights[entry.Key]).abs().max().item<float>());
    }

    private static FileInfo Lora(string folder) => new(Path.Combine(folder, TrainedLora.FileName));

    private static string Hash(string folder)
    {
        using var model = LatentDiffusionModel.Load(folder);
        return model.ComputeWeightHash();
    }
}
