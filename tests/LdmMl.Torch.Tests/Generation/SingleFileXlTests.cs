using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Text;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>A small SDXL as diffusers' folder and as one original file with its YAML.</summary>
public sealed class SingleFileXlTests : IDisposable
{
    private static readonly GenerationBatch Rows = new() { Seeds = [1, 2], Prompts = ["a cat", "a red fox!"], NegativePrompts = ["blurry"] };

    private readonly TemporaryFolder temporary = new();

    public SingleFileXlTests()
    {
        SmallXl.WriteFolder(Folder);
        SmallXl.WriteSingle(Single);
    }

    private string Folder => temporary.File("folder");

    private string Single => Path.Combine(temporary.Path, "original", "xl.safetensors");

    public void Dispose() => temporary.Dispose();

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(0, true)]
    public void The_folder_and_the_single_file_give_the_same_bits(int clipSkip, bool hasSecondTokenizer)
    {
        if (hasSecondTokenizer)
            SmallXl.CopyFolder(Path.Combine(Folder, "tokenizer_2"), Path.Combine(temporary.Path, "original", "tokenizer_2"));
        var options = new LatentDiffusionLoadOptions { Text = new TextEncoderLoadOptions { ClipSkip = clipSkip } };
        using var scope = NewDisposeScope();
        using var folder = LatentDiffusionModel.Load(Folder, options);
        using var single = LatentDiffusionModel.Load(Single, options);

        Assert.True(single.LoadReport.IsExact, string.Join(", ", single.LoadReport.Unexpected));
        Assert.Equal(folder.ComputeWeightHash(), single.ComputeWeightHash());
        Assert.Equal(folder.Config.Conditioning, single.Config.Conditioning);
        Assert.Equal(Images(folder), Images(single));
    }

    [Fact]
    public void The_single_file_is_saved_as_a_folder_that_gives_the_same_bits()
    {
        using var scope = NewDisposeScope();
        using var single = LatentDiffusionModel.Load(Single);
        single.Save(temporary.File("saved"));
        using var saved = LatentDiffusionModel.Load(temporary.File("saved"));

        Assert.Equal(Images(single), Images(saved));
    }

    [Fact]
    public void Without_a_tokenizer_it_opens_without_its_text_encoders_and_says_why()
    {
        Directory.Delete(Path.Combine(temporary.Path, "original", "tokenizer"), recursive: true);
        using var model = LatentDiffusionModel.Load(Single);

        Assert.Null(model.TextEncoder);
        Assert.StartsWith(
            "No FrozenCLIPEmbedder or FrozenOpenCLIPEmbedder2 was opened", Assert.Single(model.LoadReport.Notes), StringComparison.Ordinal);
        Assert.Contains("conditioner.embedders.1.model.text_projection", model.LoadReport.Unexpected);
    }

    [Theory]
    [InlineData("legacy: False", "legacy: True", "its second text encoder normalises what it skips to ('legacy' is true); supported is false, as SDXL has it.")]
    [InlineData("EpsScaling", "EDMScaling", "its 'scaling_config' is a 'sgm.modules.diffusionmodules.denoiser_scaling.EDMScaling'; supported are EpsScaling "
        + "and VScaling.")]
    [InlineData("LegacyDDPMDiscretization", "EDMDiscretization", "it describes a 'sgm.modules.diffusionmodules.discretizer.EDMDiscretization'; supported is "
        + "LegacyDDPMDiscretization.")]
    [InlineData("input_key: crop_coords_top_left", "input_key: aesthetic_score", "beside texts it is conditioned on original_size_as_tuple, aesthetic_score, "
        + "target_size_as_tuple; supported are SDXL base's original_size_as_tuple, crop_coords_top_left, target_size_as_tuple.")]
    [InlineData("modules.FrozenCLIPEmbedder", "modules.FrozenT5Embedder", "its text encoders are FrozenT5Embedder, FrozenOpenCLIPEmbedder2; supported are "
        + "SDXL base's two, FrozenCLIPEmbedder and FrozenOpenCLIPEmbedder2.")]
    [InlineData("num_idx: 1000", "quantize_c_noise: True", "its 'model.params.denoiser_config.params.quantize_c_noise' is true, which is not supported.")]
    [InlineData("in_channels: 4, out", "in_channels: 8, out", "its U-Net takes 8 channels; supported are 4, and 9 for inpainting.")]
    public void A_description_of_something_else_is_refused(string text, string other, string reason)
    {
        var yaml = Path.ChangeExtension(Single, ".yaml");
        File.WriteAllText(yaml, File.ReadAllText(yaml).Replace(text, other, StringComparison.Ordinal));

        Assert.Equal(reason, Assert.Throws<CheckpointException>(() => LatentDiffusionModel.Load(Single)).Reason);
    }

    private static float[] Images(LatentDiffusionModel model)
    {
        var settings = new GenerationSettings
        {
            Sampling = model.Config.Sampling with { Steps = 2 }, GuidanceScale = 5, Width = 32, Height = 16,
            Sizes = new ImageSizes { OriginalWidth = 64, OriginalHeight = 48 },
        };
        using var images = model.Generate(Rows, settings);
        return [.. images.data<float>()];
    }
}
