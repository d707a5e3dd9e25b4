using LdmMl.Cli.Output;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Cli.Tests.Commands;

/// <summary>Trainings whose data is read from disk.</summary>
public sealed class StreamedTrainingTests : IDisposable
{
    private static readonly string[] SmallFirstStage =
        ["--size", "16", "--channels", "8", "--norm-groups", "4", "--multipliers", "1", "2", "--blocks", "1", "--batch", "2"];

    private static readonly string[] SmallDiffusion =
    [
        "--size", "16", "--channels", "8", "--norm-groups", "4", "--multipliers", "1", "1", "--attention", "0", "--blocks", "1", "--head-channels", "4",
        "--batch", "2", "--steps", "3",
    ];

    private readonly SampleFiles files = new SampleFiles().AddImages(count: 4).AddModel();

    public void Dispose() => files.Dispose();

    [Fact]
    public void An_autoencoder_is_the_same_from_files_and_from_memory()
    {
        string[] options = ["--steps", "3", "--flips", "--crop", "8", "--validation", files.Images];
        var memory = FirstStage(files.File("memory"), options);
        var streamed = FirstStage(files.File("streamed"), [.. options, "--memory", "1kB", "--readers", "3"]);

        Assert.Equal((0, 0), (memory.ExitCode, streamed.ExitCode));
        Assert.Equal(Hash(files.File("memory")), Hash(files.File("streamed")));
        Assert.Contains("4 images of 16x16 take 3.1 kB of memory", memory.Errors, StringComparison.Ordinal);
        Assert.Contains(
            "4 images of 16x16 would take 3.1 kB of memory, more than --memory 1.0 kB: they are read from their files while training", streamed.Errors,
            StringComparison.Ordinal);
        Assert.Contains("4 validation images of 16x16 would take", streamed.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_diffusion_model_reuses_latents_and_says_so()
    {
        var cache = files.File("cache");
        string[] streamed = ["--memory", "0", "--latent-cache", cache];
        var runs = new[] { Diffusion(files.File("a")), Diffusion(files.File("b"), streamed), Diffusion(files.File("c"), streamed) };

        Assert.All(runs, run => Assert.Equal(0, run.ExitCode));
        Assert.Contains("The latents of 4 images take 0.0 MB of memory.", runs[0].Errors, StringComparison.Ordinal);
        Assert.Contains($"The latents of 4 images are computed and kept in '{cache}", runs[1].Errors, StringComparison.Ordinal);
        Assert.Contains($"The latents of 4 images are reused from '{cache}", runs[2].Errors, StringComparison.Ordinal);
        Assert.Single(new[] { "a", "b", "c" }.Select(name => File.ReadAllBytes(WeightsOf(files.File(name)))).Select(Convert.ToHexString).Distinct());
        Assert.Contains(
            "The latents need", Diffusion(files.File("d"), "--latent-cache", files.File("other"), "--latent-cache-limit", "100").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_image_is_named_with_what_to_do()
    {
        File.WriteAllText(Path.Combine(files.Images, "broken.png"), "no image");
        var memory = FirstStage(files.Out, "--steps", "9");
        var streamed = FirstStage(files.Out, "--steps", "9", "--memory", "0");

        Assert.Equal((2, 2), (memory.ExitCode, streamed.ExitCode));
        Assert.Matches("The image '.*broken.png' is not an image of a known format.*--skip-broken skips such files", memory.Errors);
        Assert.Matches("The image '.*broken.png' is not an image of a known format.* --resume continues from there", streamed.Errors);
    }

    [Theory]
    [InlineData("4GiB", 4L << 30)]
    [InlineData("1.5 kB", 1500L)]
    [InlineData("0", 0L)]
    [InlineData("12mb", 12_000_000L)]
    [InlineData("-1", null)]
    [InlineData("GB", null)]
    [InlineData("3 lots", null)]
    public void Sizes_have_units(string text, long? bytes) => Assert.Equal(bytes, ByteSize.Read(text));

    [Fact]
    public void Wrong_values_are_refused_by_name()
    {
        Assert.Contains("--memory is 'much'; it must be a number of bytes, such as 500MB or 4GiB.", FirstStage(files.Out, "--memory", "much").Errors, StringComparison.Ordinal);
        Assert.Contains("--crop is 7; with this network it must be a multiple of 2.", FirstStage(files.Out, "--crop", "7").Errors, StringComparison.Ordinal);
        Assert.Contains("--crop is 18; the images are 16x16; it must not be larger than them.", FirstStage(files.Out, "--crop", "18").Errors, StringComparison.Ordinal);
        Assert.Contains("--latent-cache-limit is 0; it must be at least 1.", Diffusion(files.Out, "--latent-cache-limit", "0").Errors, StringComparison.Ordinal);
    }

    private ToolRun FirstStage(string folder, params string[] options) =>
        ToolRun.Start(["train", "autoencoder", "--images", files.Images, "--out", folder, .. SmallFirstStage, .. options]);

    private ToolRun Diffusion(string folder, params string[] options) =>
        ToolRun.Start(["train", "diffusion", "--autoencoder", files.Model, "--images", files.Images, "--out", folder, .. SmallDiffusion, .. options]);

    private static string Hash(string folder)
    {
        using var model = AutoencoderModel.Load(folder);
        return model.ComputeWeightHash();
    }

    private static string WeightsOf(string folder) => Directory.GetFiles(Path.Combine(folder, "unet"), "*.safetensors")[0];
}
