using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Generation.Storage;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Models.UNets.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Published single files that are identified by their keys; two of the keys are enough, without memory for the rest.</summary>
public class KnownCheckpointsTests
{
    [Fact]
    public void Stable_Diffusion_1_is_recognised_by_its_keys()
    {
        using var file = File(channels: 4, context: 768);

        var (config, stage) = CompVisDiffusion.Read(KnownCheckpoints.Describe("sd.safetensors", file)!);

        Assert.Equal(CompVisUNet.Write(UNetConfig.StableDiffusion1).ToJsonString(), CompVisUNet.Write(config.UNet).ToJsonString());
        Assert.Equal(("FrozenCLIPEmbedder", 64, 768), (stage, config.LatentWidth, config.Conditioning.CrossAttention!.Dimension));
    }

    [Fact]
    public void Its_inpainting_model_is_recognised_by_its_keys()
    {
        using var file = File(channels: 9, context: 768);

        var (config, _) = CompVisDiffusion.Read(KnownCheckpoints.Describe("sd.safetensors", file)!);

        Assert.Equal(ConcatenatedInput.MaskThenMaskedImage, Assert.IsType<ConcatenatedConditioning>(config.Conditioning).Input);
    }

    [Fact]
    public void Stable_Diffusion_2_needs_its_YAML_for_the_prediction_type()
    {
        using var file = File(channels: 4, context: 1024);

        var error = Assert.Throws<CheckpointException>(() => KnownCheckpoints.Describe("sd2.safetensors", file));

        Assert.Contains("do not tell whether it predicts epsilon or v", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Anything_else_is_not_recognised()
    {
        using var file = File(channels: 4, context: 640);

        Assert.Null(KnownCheckpoints.Describe("other.safetensors", file));
    }

    private static StateDictionary File(int channels, int context)
    {
        var file = new StateDictionary();
        file.Add("model.diffusion_model.input_blocks.0.0.weight", zeros([320, channels, 3, 3], device: META));
        file.Add("model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight", zeros([320, context], device: META));
        return file;
    }
}
