using System.Security.Cryptography;
using System.Text;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Generation.Storage;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Autoencoders.Storage;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Storage;
using LdmMl.Torch.Models.UNets;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>SDXL base at full size as one original file, on the META device: every key and shape, without memory.</summary>
public class KnownXlTests
{
    private static readonly string[] Expected = File
        .ReadAllText(Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "keys", "single-files.tsv")).TrimEnd().Split('\t');

    [Fact]
    public void The_networks_of_the_description_have_every_key_and_shape_of_the_published_file()
    {
        using var scope = NewDisposeScope();
        var description = KnownCheckpoints.Describe("xl.safetensors", Marks())!;
        var (config, _) = CompVisDiffusion.Read(description);
        using var unet = UNetFactory.Build(config.UNet, META);
        using var firstStage = NetworkFactory.Build(CompVisAutoencoder.Read(description, usedEntries: 0), META);
        using var texts = Texts();

        using var file = OriginalXl.Of(unet, firstStage, texts);

        var lines = file.Select(entry => $"{entry.Key} [{string.Join(", ", entry.Value.shape)}]").Order(StringComparer.Ordinal).ToArray();
        string[] actual =
        [
            "stable-diffusion-xl-base", $"{lines.Length}", $"{file.Sum(entry => entry.Value.numel())}",
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))))),
        ];
        Assert.Equal(Expected, actual);
    }

    [Fact]
    public void The_text_encoders_of_the_file_are_read_as_those_of_the_folder()
    {
        using var scope = NewDisposeScope();
        using var texts = Texts();
        using var file = OriginalXl.Of(texts.All[0], texts.All[0], texts);
        file.Add($"{OriginalXl.First}text_model.embeddings.position_ids", zeros([1, 77], ScalarType.Int64, META));
        file.Add($"{OriginalXl.Second}logit_scale", zeros([], device: META));
        using var first = file.Select(OriginalXl.First);
        using var second = file.Select(OriginalXl.Second);
        using var firstOfFolder = TextKeys.Clip(first);
        using var secondOfFolder = TextKeys.OpenClip(second);

        Assert.Equal(ClipTextConfig.LargePatch14, ClipTextFiles.Infer(firstOfFolder, TextActivation.QuickGelu));
        Assert.Equal(ClipTextConfig.BigGiantPatch14, ClipTextFiles.Infer(secondOfFolder, TextActivation.Gelu));
        Assert.Equal(Lines(texts.All[0].state_dict()), Lines(firstOfFolder));
        Assert.Equal(Lines(texts.All[1].state_dict()), Lines(secondOfFolder));
    }

    [Fact]
    public void It_is_conditioned_and_sampled_as_diffusers_does_it()
    {
        using var scope = NewDisposeScope();
        var (config, stage) = CompVisDiffusion.Read(KnownCheckpoints.Describe("xl.safetensors", Marks())!);

        Assert.Equal("FrozenCLIPEmbedder or FrozenOpenCLIPEmbedder2", stage);
        Assert.Equal(new ContextConditioning { Dimension = 2048, Vector = new VectorConditioning { PooledDimension = 1280 } }, config.Conditioning);
        Assert.Equal((128, 128, Prediction.Epsilon), (config.LatentHeight, config.LatentWidth, config.Prediction));
        Assert.Equal((0.00085, 0.012, 1000), (config.Schedule.FirstBeta, config.Schedule.LastBeta, config.Schedule.Steps));
        Assert.IsType<EulerSampler>(config.Sampling.Sampler);
        Assert.Equal(TimestepSpacing.Leading, config.Sampling.Spacing);
    }

    [Fact]
    public void Inpainting_and_models_trained_further_are_known_by_their_keys_too()
    {
        using var scope = NewDisposeScope();
        var inpainting = CompVisDiffusion.Read(KnownCheckpoints.Describe("xl.safetensors", Marks(channels: 9))!).Config;
        var velocity = CompVisDiffusion.Read(KnownCheckpoints.Describe("xl.safetensors", Marks(more: ["v_pred", "ztsnr"]))!).Config;

        Assert.Equal(ConcatenatedInput.MaskThenMaskedImage, Assert.IsType<ConcatenatedConditioning>(inpainting.Conditioning).Input);
        Assert.Equal((Prediction.Velocity, true), (velocity.Prediction, velocity.Schedule.ZeroTerminalSnr));
    }

    [Theory]
    [InlineData(1280, "", "its keys are those of SDXL's refiner")]
    [InlineData(2048, "edm_mean", "it has 'edm_mean', which says that it is SDXL with EDM's noise levels")]
    public void Its_relatives_are_told_what_they_are(int tokenWidth, string key, string reason)
    {
        using var scope = NewDisposeScope();
        using var file = Marks(tokenWidth: tokenWidth, more: key.Length == 0 ? [] : [key]);

        Assert.StartsWith(reason, Assert.Throws<CheckpointException>(() => KnownCheckpoints.Describe("xl.safetensors", file)).Reason, StringComparison.Ordinal);
    }

    // Three keys are enough.
    private static StateDictionary Marks(int channels = 4, int tokenWidth = 2048, params string[] more)
    {
        var file = new StateDictionary();
        file.Add("model.diffusion_model.input_blocks.0.0.weight", zeros([320, channels, 3, 3], device: META));
        file.Add("model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight", zeros([640, tokenWidth], device: META));
        file.Add("model.diffusion_model.label_emb.0.0.weight", zeros([1280, 2816], device: META));
        foreach (var key in more)
            file.Add(key, zeros([0], device: META));
        return file;
    }

    private static TextNetworks Texts() =>
        new([TextNetworks.Build(ClipTextConfig.LargePatch14, META), TextNetworks.Build(ClipTextConfig.BigGiantPatch14, META)]);

    private static string[] Lines(IEnumerable<KeyValuePair<string, Tensor>> weights) =>
        [.. weights.Select(entry => $"{entry.Key} [{string.Join(", ", entry.Value.shape)}]").Order(StringComparer.Ordinal)];
}
