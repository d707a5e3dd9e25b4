using System.Text;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Autoencoders.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Autoencoders;

/// <summary>How a diffusers <c>config.json</c> of an autoencoder is read, and what is refused by name.</summary>
public class DiffusersConfigTests
{
    [Fact]
    public void Missing_keys_have_diffusers_defaults()
    {
        var config = Assert.IsType<KlAutoencoderConfig>(Read(
            """
            { "block_out_channels": [16, 32], "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
              "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"], "norm_num_groups": 8, "shift_factor": null, "_class_name": "AutoencoderKL" }
            """));

        Assert.Equal((16, 8, 0.18215, 0.0, true), (config.BaseChannels, config.NormGroups, config.LatentScale, config.LatentShift, config.LatentConvolutions));
        Assert.Equal([1, 2], config.ChannelMultipliers);
        Assert.Equal((4, 1), (config.LatentChannels, config.ResidualBlocks));
    }

    [Theory]
    [InlineData("AutoencoderKL", "", 0.18215)]
    [InlineData("AutoencoderKL", "\"scaling_factor\": null", 1)]
    [InlineData("AutoencoderKL", "\"scaling_factor\": 0.13", 0.13)]
    [InlineData("VQModel", "", 1)]
    [InlineData("VQModel", "\"scaling_factor\": null", 1)]
    [InlineData("VQModel", "\"scaling_factor\": 0.18215", 0.18215)]
    public void The_latent_scale_is_the_files_or_the_default_of_its_class(string pythonClass, string entry, double scale) =>
        Assert.Equal(scale, Read($"{{ \"_class_name\": \"{pythonClass}\"{(entry.Length == 0 ? "" : ", ")}{entry} }}").LatentScale);

    [Fact]
    public void A_VQModel_has_three_latent_channels_by_default() =>
        Assert.Equal((3, 256), (Read("""{ "_class_name": "VQModel" }""").LatentChannels, ((VqAutoencoderConfig)Read("""{ "_class_name": "VQModel" }""")).CodebookSize));

    [Theory]
    [InlineData("\"sample_size\": [32, 32]")]
    [InlineData("\"latents_mean\": null, \"latents_std\": null")]
    [InlineData("\"latents_mean\": [null, null], \"latents_std\": [null, null]")]
    [InlineData("\"latents_mean\": [0, 0, 0, 0], \"latents_std\": [1.0, 1.0, 1.0, 1.0]")]
    [InlineData("\"force_upcast\": true, \"_name_or_path\": \"somewhere\", \"unheard_of\": null, \"also_unheard_of\": false")]
    public void Keys_with_neutral_values_have_no_effect(string entries) =>
        Assert.IsType<KlAutoencoderConfig>(Read($"{{ \"_class_name\": \"AutoencoderKL\", {entries} }}"));

    [Theory]
    [InlineData("\"latents_mean\": [0.1, 0, 0, 0]",
        "its 'latents_mean' is [0.1, 0, 0, 0], which is not supported; supported is 'latents_mean' together with 'latents_std'.")]
    [InlineData("\"latents_std\": [2, 2, 2, 2]",
        "its 'latents_std' is [2, 2, 2, 2], which is not supported; supported is 'latents_mean' together with 'latents_std'.")]
    [InlineData("\"act_fn\": \"relu\"", "its 'act_fn' is 'relu', which is not supported; supported is silu.")]
    [InlineData("\"spatial_magic\": 3", "its 'spatial_magic' is 3, which is not supported.")]
    [InlineData("\"use_quant_conv\": false", "it has only one of 'use_quant_conv' and 'use_post_quant_conv'.")]
    [InlineData("\"block_out_channels\": []", "its 'block_out_channels' has 0 levels; 1 to 15 are supported.")]
    [InlineData("\"in_channels\": \"three\"", "its 'in_channels' must be a whole number.")]
    [InlineData("\"_ldmml\": { \"future\": 1 }", "its '_ldmml.future' is 1, which is not supported.")]
    public void Unsupported_options_are_refused_by_name(string entry, string reason) =>
        Assert.Equal(reason, Refusal($"{{ \"_class_name\": \"AutoencoderKL\", {entry} }}"));

    [Theory]
    [InlineData("AutoencoderDC")]
    [InlineData("AsymmetricAutoencoderKL")]
    [InlineData("")]
    public void Other_classes_are_refused(string pythonClass) => Assert.Equal(
        $"its '_class_name' is '{pythonClass}'; supported are AutoencoderKL, VQModel and AutoencoderTiny.",
        Refusal($"{{ \"_class_name\": \"{pythonClass}\" }}"));

    [Theory]
    [InlineData("\"act_fn\": \"silu\"", "its 'act_fn' is 'silu', which is not supported; supported is relu.")]
    [InlineData("\"upsample_fn\": \"bilinear\"", "its 'upsample_fn' is 'bilinear', which is not supported; supported is nearest.")]
    [InlineData("\"upsampling_scaling_factor\": 4", "its 'upsampling_scaling_factor' is 4, which is not supported; supported is 2.")]
    [InlineData("\"num_encoder_blocks\": [1, 2, 3, 3]", "its 'num_encoder_blocks' is [1, 2, 3, 3], which is not supported; supported is [1, 3, 3, 3].")]
    [InlineData("\"num_decoder_blocks\": [3, 3, 3]", "its 'num_decoder_blocks' is [3, 3, 3], which is not supported; supported is [3, 3, 3, 1].")]
    [InlineData("\"encoder_block_out_channels\": [64, 64, 64, 64]",
        "its 'encoder_block_out_channels' is [64, 64, 64, 64], which is not supported; supported is 4 times 8, as the weights have.")]
    [InlineData("\"latent_channels\": 16", "its 'latent_channels' is 16, which is not supported; supported is 4, as the weights have.")]
    [InlineData("\"out_channels\": 4", "its 'out_channels' is 4, which is not supported; supported is 3, as the weights have.")]
    [InlineData("\"novelty\": [1]", "its 'novelty' is [1], which is not supported.")]
    public void A_tiny_autoencoder_that_contradicts_its_weights_is_refused_by_name(string entry, string reason) =>
        Assert.Equal(reason, Refusal($"{{ \"_class_name\": \"AutoencoderTiny\", {entry} }}"));

    [Fact]
    public void A_complete_diffusers_config_of_a_tiny_autoencoder_is_read()
    {
        var config = Read(
            """
            { "_class_name": "AutoencoderTiny", "_diffusers_version": "0.30.0", "act_fn": "relu", "block_out_channels": [8, 8, 8, 8],
              "decoder_block_out_channels": [8, 8, 8, 8], "encoder_block_out_channels": [8, 8, 8, 8], "force_upcast": false, "in_channels": 3,
              "latent_channels": 4, "latent_magnitude": 5, "latent_shift": 0.25, "num_decoder_blocks": [3, 3, 3, 1],
              "num_encoder_blocks": [1, 3, 3, 3], "out_channels": 3, "scaling_factor": 2.0, "shift_factor": 0.5, "upsample_fn": "nearest",
              "upsampling_scaling_factor": 2 }
            """);

        Assert.Equal((2.0, 0.5, 4), (config.LatentScale, config.LatentShift, config.LatentChannels));
    }

    public static TheoryData<string, string> Classes() => new()
    {
        { "kl", "AutoencoderKL" },
        { "kl with attention", "AutoencoderKL" },
        { "kl without latent convolutions", "AutoencoderKL" },
        { "kl tanh", "LdmMlAutoencoderKL" },
        { "kl pooling", "LdmMlAutoencoderKL" },
        { "kl wide start", "LdmMlAutoencoderKL" },
        { "kl wide bottleneck", "LdmMlAutoencoderKL" },
        { "vq", "VQModel" },
        { "vq remapped", "VQModel" },
        { "vq tanh", "LdmMlVQModel" },
        { "vq shift", "LdmMlVQModel" },
        { "vq without latent convolutions", "LdmMlVQModel" },
        { "tiny without normalisation", "AutoencoderTiny" },
        { "tiny", "LdmMlAutoencoderTiny" },
    };

    [Theory]
    [MemberData(nameof(Classes))]
    public void The_class_is_diffusers_own_only_if_it_computes_the_same(string kind, string pythonClass) =>
        Assert.Equal(pythonClass, (string?)DiffusersAutoencoderWriting.ToJson(SmallModels.Variants[kind])["_class_name"]);

    [Fact]
    public void A_super_resolution_pipeline_decodes_unscaled_latents_whatever_its_autoencoder_says()
    {
        using var folder = new TemporaryFolder();
        using var model = AutoencoderModel.Create(SmallModels.Vq with { LatentScale = 0.18215 }, seed: 1);
        model.Save(folder.Path);
        using (var stream = File.Create(folder.File("model_index.json")))
            new ModelIndex("LDMSuperResolutionPipeline", new Dictionary<string, string> { ["vae"] = "VQModel" }).Write(stream);

        using var opened = AutoencoderModel.Load(folder.Path);

        Assert.Equal(1, opened.Config.LatentScale);
    }

    private static string Refusal(string json) => Assert.Throws<InvalidDataException>(() => Read(json)).Message;

    private static AutoencoderConfig Read(string json)
    {
        using var weights = new StateDictionary();
        weights.Add("encoder.0.weight", zeros(8, 3, 3, 3));
        weights.Add("decoder.1.weight", zeros(8, 4, 3, 3));
        return DiffusersAutoencoderReading.ToConfig(new ConfigMap(JsonFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)))), weights);
    }
}
