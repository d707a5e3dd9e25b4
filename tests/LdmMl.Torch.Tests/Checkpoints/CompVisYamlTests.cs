using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.CompVis;

namespace LdmMl.Torch.Tests.Checkpoints;

public sealed class CompVisYamlTests
{
    private const string Whole =
        """
        model:
          base_learning_rate: 5.0e-05
          target: ldm.models.diffusion.ddpm.LatentDiffusion
          params:
            scale_factor: 0.18215
            unet_config:
              target: ldm.modules.diffusionmodules.openaimodel.UNetModel
            first_stage_config:
              target: ldm.models.autoencoder.VQModelInterface
              params:
                embed_dim: 3
                n_embed: 8192
                ckpt_path: models/first_stage_models/vq-f4/model.ckpt
                ddconfig:
                  double_z: false
                  z_channels: 3
                  resolution: 256
                  in_channels: 3
                  out_ch: 3
                  ch: 128
                  ch_mult:
                  - 1
                  - 2
                  - 4
                  num_res_blocks: 2
                  attn_resolutions: []
                  dropout: 0.0
                lossconfig:
                  target: torch.nn.Identity
        """;

    private const string Alone =
        """
        model:
          target: ldm.models.autoencoder.AutoencoderKL
          params:
            monitor: "val/rec_loss"
            embed_dim: 4
            ddconfig: { double_z: True, z_channels: 4, resolution: 256, in_channels: 3, out_ch: 3, ch: 128, ch_mult: [ 1,2,4,4 ], num_res_blocks: 2, attn_resolutions: [16] }
        """;

    [Fact]
    public void The_first_stage_of_a_diffusion_model_is_found()
    {
        var stage = CompVisYaml.Parse(YamlFile.Parse(Whole));

        Assert.Equal("ldm.models.autoencoder.VQModelInterface", stage.Target);
        Assert.Equal((3, 8192, 0.18215), (stage.EmbedDim, stage.CodeCount, stage.ScaleFactor));
        Assert.Equal([1, 2, 4], stage.EncoderDecoder.ChannelMultipliers);
        Assert.False(stage.EncoderDecoder.DoubleZ);
        Assert.Empty(stage.EncoderDecoder.AttentionResolutions);
    }

    [Fact]
    public void An_autoencoder_alone_is_found()
    {
        var stage = CompVisYaml.Parse(YamlFile.Parse(Alone));

        Assert.Equal("ldm.models.autoencoder.AutoencoderKL", stage.Target);
        Assert.Null(stage.ScaleFactor);
        Assert.Null(stage.CodeCount);
        Assert.Equal([16], stage.EncoderDecoder.AttentionResolutions);
        Assert.True(stage.EncoderDecoder.DoubleZ);
        Assert.True(stage.EncoderDecoder.ResampleWithConvolution);
    }

    [Theory]
    [InlineData("a: 1", "'params' must be a mapping.")]
    [InlineData("- 1", "its root is no mapping.")]
    [InlineData("", "its root is no mapping.")]
    [InlineData("model: { target: x, params: { embed_dim: four } }", "'model.params.embed_dim' must be a whole number.")]
    [InlineData("model: { target: x, params: { embed_dim: 4 } }", "'model.params.ddconfig' must be a mapping.")]
    [InlineData("a: &x [1]\nb: *x", "it refers to anchors, which are not supported.")]
    public void What_is_missing_or_wrong_is_named(string yaml, string reason) =>
        Assert.Equal(reason, Assert.Throws<InvalidDataException>(() => CompVisYaml.Parse(YamlFile.Parse(yaml))).Message);

    [Fact]
    public void Damaged_and_deeply_nested_files_are_refused()
    {
        Assert.Throws<InvalidDataException>(() => YamlFile.Parse("a: [1"));
        Assert.Equal("it is nested deeper than 64.", Assert.Throws<InvalidDataException>(() => YamlFile.Parse(new string('[', 100_000))).Message);
        Assert.Equal("there is no such file.", Assert.Throws<CheckpointException>(() => CompVisYaml.ReadFirstStage("/nowhere/config.yaml")).Reason);
    }
}
