using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Tests;

/// <summary>A folder for one test: a few images, a small untrained model.</summary>
public sealed class SampleFiles : IDisposable
{
    /// <summary>The YAML of a KL autoencoder with one level, as CompVis writes it.</summary>
    public const string CompVisYaml =
        """
        model:
          target: ldm.models.autoencoder.AutoencoderKL
          params:
            embed_dim: 4
            ddconfig:
              { double_z: true, z_channels: 4, resolution: 32, in_channels: 3, out_ch: 3, ch: 32, ch_mult: [1], num_res_blocks: 1, attn_resolutions: [] }
        """;

    /// <summary>The YAML of a whole latent diffusion model around such an autoencoder.</summary>
    public const string WholeModelYaml =
        """
        model:
          target: ldm.models.diffusion.ddpm.LatentDiffusion
          params:
            timesteps: 1000
            linear_start: 0.0015
            linear_end: 0.0195
            image_size: 32
            channels: 4
            cond_stage_config: __is_unconditional__
            unet_config:
              target: ldm.modules.diffusionmodules.openaimodel.UNetModel
              params:
                { image_size: 32, in_channels: 4, out_channels: 4, model_channels: 32, attention_resolutions: [], num_res_blocks: 1, channel_mult: [1], num_heads: 1 }
            first_stage_config:
              target: ldm.models.autoencoder.AutoencoderKL
              params:
                embed_dim: 4
                ddconfig:
                  { double_z: true, z_channels: 4, resolution: 32, in_channels: 3, out_ch: 3, ch: 32, ch_mult: [1], num_res_blocks: 1, attn_resolutions: [] }
        """;

    public string Folder { get; } = Directory.CreateTempSubdirectory("ldmml-tool-").FullName;

    public string Images => Path.Combine(Folder, "images");

    public string Model => Path.Combine(Folder, "model");

    /// <summary>Gets the folder of a latent diffusion model with two labels and "any".</summary>
    public string DiffusionModel => Path.Combine(Folder, "diffusion model");

    public string Out => Path.Combine(Folder, "out");

    public string File(string name) => Path.Combine(Folder, name);

    public SampleFiles AddImages(int count = 3, int width = 24, int height = 16)
    {
        Directory.CreateDirectory(Images);
        for (var index = 0; index < count; index++)
        {
            var pixels = Enumerable.Range(0, width * height).SelectMany(at => new[] { (byte)(at * 3), (byte)(at * 5 + 40 * index), (byte)(at * 7), (byte)255 }).ToArray();
            using var image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, pixels);
            image.Save(Path.Combine(Images, $"image{index}.png"));
        }
        return this;
    }

    public SampleFiles AddModel()
    {
        var config = new KlAutoencoderConfig { BaseChannels = 8, ChannelMultipliers = [1, 1], ResidualBlocks = 1, LatentChannels = 2, NormGroups = 4 };
        using var model = AutoencoderModel.Create(config, seed: 1);
        model.Save(Model);
        return this;
    }

    public SampleFiles AddDiffusionModel(Conditioning? conditioning = null)
    {
        using var first = AutoencoderModel.Create(
            new KlAutoencoderConfig { BaseChannels = 8, ChannelMultipliers = [1, 1], ResidualBlocks = 1, LatentChannels = 2, NormGroups = 4 }, seed: 1);
        conditioning ??= new LabelConditioning { Count = 2, Names = ["Cats & dogs", "日本"], HasNullLabel = true };
        var beside = conditioning is ConcatenatedConditioning ? 3 : 0;
        var unet = new UNetConfig
        {
            InputChannels = 2 + beside, OutputChannels = 2, BaseChannels = 8, ChannelMultipliers = [1, 2], ResidualBlocks = 1, NormGroups = 4,
            LabelCount = (conditioning as LabelConditioning)?.NetworkCount, ContextDimension = (conditioning as ContextConditioning)?.Dimension,
        };
        using var model = LatentDiffusionModel.Create(
            first, new LatentDiffusionConfig { UNet = unet, Conditioning = conditioning, LatentHeight = 8, LatentWidth = 8 }, seed: 1);
        model.Save(DiffusionModel);
        return this;
    }

    /// <summary>Generates images with two steps.</summary>
    internal ToolRun Generate(params string[] more) => ToolRun.Start(["generate", "--model", DiffusionModel, "--out", Out, "--steps", "2", .. more]);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
