using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Generation.Storage;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Autoencoders.Storage;

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
        var config = Assert.IsType<VqAutoencoderConfig>(Read(Whole));

        Assert.Equal((3, 8192, 0.18215), (config.LatentChannels, config.CodebookSize, config.LatentScale));
        Assert.Equal([1, 2, 4], config.ChannelMultipliers);
        Assert.Empty(config.AttentionResolutions);
    }

    [Fact]
    public void A_standalone_autoencoder_is_found()
    {
        var config = Assert.IsType<KlAutoencoderConfig>(Read(Alone));

        Assert.Equal((4, 1.0), (config.LatentChannels, config.LatentScale));
        Assert.Equal([16], config.AttentionResolutions);
        Assert.True(config.ResampleWithConvolution);
    }

    [Theory]
    [InlineData("a: 1", "its 'target' must be a string.")]
    [InlineData("- 1", "its root is not a mapping.")]
    [InlineData("", "its root is not a mapping.")]
    [InlineData("model: { target: x.AutoencoderKL, params: { embed_dim: four, ddconfig: { ch: 1, ch_mult: [1] } } }", "its 'model.params.embed_dim' must be a whole number.")]
    [InlineData("model: { target: x, params: { embed_dim: 4 } }", "its 'model.params.ddconfig' must be a mapping.")]
    [InlineData("model: { target: x.AutoencoderDC, params: { ddconfig: {} } }", "it describes a 'AutoencoderDC'; supported are AutoencoderKL, VQModel and VQModelInterface.")]
    [InlineData("a: &x [1]\nb: *x", "it refers to anchors, which are not supported.")]
    public void Missing_and_wrong_values_are_named(string yaml, string reason) =>
        Assert.Equal(reason, Assert.Throws<InvalidDataException>(() => Read(yaml)).Message);

    [Theory]
    [InlineData("monitor: \"val/rec_loss\"", "colorize_nlabels: 9", null)]
    [InlineData("embed_dim: 4", "embed_dim: 4\n    batch_norm: true", "its 'model.params.batch_norm' is true, which is not supported.")]
    [InlineData("num_res_blocks: 2", "num_res_blocks: 2, give_pre_end: True", "its 'model.params.ddconfig.give_pre_end' is true, which is not supported.")]
    [InlineData("num_res_blocks: 2", "num_res_blocks: 2, give_pre_end: False", null)]
    [InlineData("num_res_blocks: 2", "num_res_blocks: 2, attn_type: linear", "its attention ('attn_type') is 'linear'; supported are vanilla and none.")]
    [InlineData("num_res_blocks: 2", "num_res_blocks: 2, mamba_width: 7", "its 'model.params.ddconfig.mamba_width' is 7, which is not supported.")]
    public void An_unknown_key_is_refused_by_name_unless_it_is_disabled(string known, string replacement, string? reason)
    {
        var yaml = Alone.Replace(known, replacement, StringComparison.Ordinal);

        if (reason is null)
            Assert.IsType<KlAutoencoderConfig>(Read(yaml));
        else
            Assert.Equal(reason, Assert.Throws<InvalidDataException>(() => Read(yaml)).Message);
    }

    [Theory]
    [InlineData("given_betas: [0.1, 0.2]", "its 'model.params.given_betas' is [0.1, 0.2], which is not supported; supported is 'beta_schedule'.")]
    [InlineData("num_timesteps_cond: 4", "its 'model.params.num_timesteps_cond' is 4, which is not supported; supported is 1.")]
    [InlineData("new_physics: 3", "its 'model.params.new_physics' is 3, which is not supported.")]
    [InlineData("ucg_training: { txt: 0.1 }", null)]
    [InlineData("use_positional_encodings: false", null)]
    public void An_unknown_key_of_a_diffusion_model_is_refused_by_name_unless_it_is_disabled(string entry, string? reason)
    {
        var yaml = $$"""
            model:
              target: ldm.models.diffusion.ddpm.LatentDiffusion
              params:
                image_size: 8
                {{entry}}
                unet_config:
                  target: ldm.modules.diffusionmodules.openaimodel.UNetModel
                  params: { in_channels: 3, out_channels: 3, model_channels: 32, attention_resolutions: [], num_res_blocks: 1, num_heads: 1 }
            """;

        if (reason is null)
            Assert.Equal(8, CompVisDiffusion.Read(YamlFile.Parse(yaml)).Config.LatentHeight);
        else
            Assert.Equal(reason, Assert.Throws<InvalidDataException>(() => CompVisDiffusion.Read(YamlFile.Parse(yaml))).Message);
    }

    [Fact]
    public void Plain_scalars_have_YAML_types_and_quoted_ones_are_strings()
    {
        var map = YamlFile.Parse("whole: -3\nnumber: 1e-4\nyes: Yes\nnothing: ~\nnone: None\ntext: abc\nquoted: '5'\nlist: [1, 2]\n");

        Assert.Equal((-3, 1e-4, true, "abc", "5"), (map.Integer("whole"), map.Number("number"), map.Truth("yes"), map.Text("text"), map.Text("quoted")));
        Assert.False(map.Has("nothing") || map.Has("none") || map.Has("absent"));
        Assert.Equal([1, 2], map.NeededIntegers("list"));
        Assert.Equal("its 'quoted' must be a whole number.", Assert.Throws<InvalidDataException>(() => map.Integer("quoted")).Message);
    }

    [Fact]
    public void Damaged_and_deeply_nested_files_are_refused()
    {
        Assert.Throws<InvalidDataException>(() => YamlFile.Parse("a: [1"));
        Assert.StartsWith("it is not valid YAML: ", Assert.Throws<InvalidDataException>(() => YamlFile.Parse("a: { b: 1, c.D\n  e: { f: 4, g: 1,\n  h: [2, 1] }\ni:\n  j: { k: true, z")).Message, StringComparison.Ordinal);
        Assert.StartsWith("it is not valid YAML: ", Assert.Throws<InvalidDataException>(() => YamlFile.Parse("a: !<http://[> b")).Message, StringComparison.Ordinal);
        Assert.Equal("it is nested deeper than 64.", Assert.Throws<InvalidDataException>(() => YamlFile.Parse(new string('[', 100_000))).Message);
        Assert.Equal("there is no such file.", Assert.Throws<CheckpointException>(() => CompVisFiles.ReadYaml("/nowhere/config.yaml")).Reason);
    }

    private static AutoencoderConfig Read(string yaml) => CompVisAutoencoder.Read(YamlFile.Parse(yaml), usedEntries: 0);
}
