using System.Diagnostics;

namespace LdmMl.Cli.Tests.Commands;

public sealed class TrainAutoencoderCommandTests : IDisposable
{
    private static readonly string[] Small = ["--size", "8", "--channels", "8", "--norm-groups", "4", "--multipliers", "1", "1", "--latent-channels", "2", "--batch", "2"];

    private readonly SampleFiles files = new SampleFiles().AddImages();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Trained_model_can_be_opened_and_is_the_same_for_the_same_seed()
    {
        var run = Train(files.Out, "--steps", "3", "--validation", files.Images);
        Train(files.File("again"), "--steps", "3", "--validation", files.Images);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("validation: PSNR", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, ToolRun.Start("info", files.Out).ExitCode);
        Assert.Equal(Weights(files.Out), Weights(files.File("again")));
    }

    [Fact]
    public void Interrupted_training_keeps_what_it_has_learnt()
    {
        using var process = ToolRun.Begin(["train", "autoencoder", "--images", files.Images, "--out", files.Out, "--validation", files.Images, .. Small, "--steps", "1000000"]);
        while (process.StandardError.ReadLine() is { } line && !line.StartsWith("epoch", StringComparison.Ordinal))
        {
        }
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString()]))
            kill.WaitForExit();
        process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(130, process.ExitCode);
        Assert.Equal(0, ToolRun.Start("info", files.Out).ExitCode);
    }

    [Fact]
    public void Size_that_does_not_fit_the_network_gets_a_sentence_before_any_work()
    {
        var run = ToolRun.Start(["train", "autoencoder", "--images", files.Images, "--out", files.Out, .. Small.Skip(2), "--size", "9"]);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("--size is 9; with 2 levels it must be a multiple of 2.", run.Errors.Trim());
        Assert.False(Directory.Exists(files.Out));
    }

    private ToolRun Train(string folder, params string[] more) =>
        ToolRun.Start(["train", "autoencoder", "--images", files.Images, "--out", folder, .. Small, .. more]);

    private static byte[] Weights(string folder) => File.ReadAllBytes(Path.Combine(folder, "vae", "diffusion_pytorch_model.safetensors"));
}
