using LdmMl.Testing;
using LdmMl.Torch.Models.Autoencoders;
using TorchSharp;

namespace LdmMl.Cli.Tests.Commands;

public sealed class InfoOfLargeFilesTests : IDisposable
{
    private const string Yaml = """
        model:
          target: ldm.models.autoencoder.AutoencoderKL
          params:
            embed_dim: 4
            ddconfig: { double_z: true, z_channels: 4, resolution: 256, in_channels: 3, out_ch: 3, ch: 480, ch_mult: [1, 2, 4, 4],
                        num_res_blocks: 2, attn_resolutions: [], dropout: 0.0 }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_checkpoint_of_four_gigabytes_is_described_without_reading_its_weights()
    {
        using (var network = new KlAutoencoder(KlAutoencoderConfig.KlF8 with { BaseChannels = 480 }, torch.META))
            SparseCheckpoint.Write(folder.File("large.ckpt"), [.. network.state_dict().Select(pair => (pair.Key, pair.Value.shape))]);
        File.WriteAllText(folder.File("large.yaml"), Yaml);
        Assert.InRange(new FileInfo(folder.File("large.ckpt")).Length, 4_000_000_000, long.MaxValue);
        var before = Environment.WorkingSet;

        var run = ToolRun.Start("info", folder.File("large.ckpt"));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains("KL autoencoder", run.Output, StringComparison.Ordinal);
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 500L << 20);
    }
}
