using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;
using static TorchSharp.torch;

namespace LdmMl.Cli.Tests.Commands;

public sealed class ModelWeightsTests : IDisposable
{
    private readonly SampleFiles files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Both_sets_of_weights_in_a_checkpoint_can_be_chosen()
    {
        var path = WriteCheckpoint(complete: true);

        Assert.Matches("weights +moving averages", ToolRun.Start("info", path).Output);
        Assert.Matches("weights +moving averages", ToolRun.Start("info", path, "--weights", "ema").Output);
        Assert.Matches("weights +trained weights", ToolRun.Start("info", path, "--weights", "raw").Output);
    }

    [Fact]
    public void Incomplete_averages_are_refused_with_the_option_that_helps()
    {
        var path = WriteCheckpoint(complete: false);
        files.AddImages(1);

        var run = ToolRun.Start("reconstruct", "--model", path, "--images", files.Images, "--out", files.Out, "--weights", "ema");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("it has moving averages of 1 of the autoencoder's ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("Open it with --weights auto or raw.", run.Errors, StringComparison.Ordinal);
        Assert.Matches("weights +trained weights", ToolRun.Start("info", path).Output);
    }

    [Fact]
    public void Other_values_are_a_usage_error()
    {
        var run = ToolRun.Start("info", "model", "--weights", "average");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--weights is 'average'; it must be one of auto, raw, ema.", run.Errors, StringComparison.Ordinal);
    }

    private string WriteCheckpoint(bool complete)
    {
        var config = new KlAutoencoderConfig { BaseChannels = 32, ChannelMultipliers = [1], ResidualBlocks = 1, LatentChannels = 4 };
        using var model = AutoencoderModel.Create(config, seed: 1);
        var averages = model.Network.named_parameters()
            .Select(pair => KeyValuePair.Create($"model_ema.{pair.name.Replace(".", "", StringComparison.Ordinal)}", (Tensor)pair.parameter));
        var path = files.File("stage.safetensors");
        SafetensorsFile.Write(path, model.Network.state_dict().Concat(complete ? averages : averages.Take(1)));
        File.WriteAllText(files.File("stage.yaml"), SampleFiles.CompVisYaml);
        return path;
    }
}
