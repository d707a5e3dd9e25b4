using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML.Data;

namespace LdmMl.Cli.Tests;

/// <summary>A folder of its own for a test: a few images, a small untrained model.</summary>
public sealed class SampleFiles : IDisposable
{
    /// <summary>The YAML of a KL autoencoder of one level, as CompVis writes it.</summary>
    public const string CompVisYaml =
        """
        model:
          target: ldm.models.autoencoder.AutoencoderKL
          params:
            embed_dim: 4
            ddconfig:
              { double_z: true, z_channels: 4, resolution: 32, in_channels: 3, out_ch: 3, ch: 32, ch_mult: [1], num_res_blocks: 1, attn_resolutions: [] }
        """;

    public string Folder { get; } = Directory.CreateTempSubdirectory("ldmml-tool-").FullName;

    public string Images => Path.Combine(Folder, "images");

    public string Model => Path.Combine(Folder, "model");

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

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
