using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Autoencoders;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Autoencoders;

public sealed class MovingAverageFilesTests : IDisposable
{
    private static readonly KlAutoencoderConfig Kl = SmallModels.Kl with { NormGroups = 32, BaseChannels = 32 };
    private static readonly VqAutoencoderConfig Vq = SmallModels.Vq with { NormGroups = 32, BaseChannels = 32 };

    private readonly string folder = Directory.CreateTempSubdirectory("averages-").FullName;

    public static TheoryData<string> Kinds() => ["kl", "vq"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_complete_set_of_moving_averages_is_loaded_unless_trained_weights_are_requested(string kind)
    {
        using var trained = Create(kind, seed: 1);
        using var averaged = Create(kind, seed: 2);
        var path = Write(kind, Own(trained), Averages(averaged));

        using var best = AutoencoderModel.Load(path);
        using var wanted = Load(path, WeightSource.MovingAverage);
        using var stepped = Load(path, WeightSource.Trained);

        AssertSameWeights(averaged, best);
        AssertSameWeights(averaged, wanted);
        AssertSameWeights(trained, stepped);
        Assert.Equal(
            [WeightSource.MovingAverage, WeightSource.MovingAverage, WeightSource.Trained],
            new[] { best, wanted, stepped }.Select(model => model.LoadReport.WeightSource));
        Assert.Contains("model_ema.num_updates", best.LoadReport.Unexpected);
    }

    [Fact]
    public void An_incomplete_set_is_ignored_or_refused_if_averages_are_requested()
    {
        using var trained = Create("kl", seed: 1);
        using var averaged = Create("kl", seed: 2);
        var path = Write("kl", Own(trained), Averages(averaged).Where(pair => pair.Key != "model_ema.decoderconv_outbias"));

        using var best = AutoencoderModel.Load(path);
        var error = Assert.Throws<CheckpointException>(() => Load(path, WeightSource.MovingAverage));

        AssertSameWeights(trained, best);
        Assert.Equal(WeightSource.Trained, best.LoadReport.WeightSource);
        Assert.Contains("(none of 'decoder.conv_out.bias')", error.Message, StringComparison.Ordinal);
        Assert.Contains("WeightSource MovingAverageIfComplete or Trained", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_average_of_another_shape_is_named()
    {
        using var trained = Create("kl", seed: 1);
        var averages = Averages(trained).ToDictionary();
        averages["model_ema.decoderconv_outbias"] = zeros(5);
        var path = Write("kl", Own(trained), averages);

        var error = Assert.Throws<CheckpointException>(() => AutoencoderModel.Load(path));

        Assert.Contains("decoder.conv_out.bias: has [5], needs [3]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Averages_outside_the_first_stage_of_a_whole_diffusion_model_are_ignored()
    {
        using var trained = Create("kl", seed: 1);
        using var other = Create("kl", seed: 2);
        var path = Write("kl", Own(trained).Select(pair => KeyValuePair.Create("first_stage_model." + pair.Key, pair.Value)), Averages(other));

        using var best = AutoencoderModel.Load(path);

        AssertSameWeights(trained, best);
        Assert.Equal(WeightSource.Trained, best.LoadReport.WeightSource);
        Assert.Throws<CheckpointException>(() => Load(path, WeightSource.MovingAverage));
    }

    [Fact]
    public void Averages_inside_the_first_stage_of_a_whole_diffusion_model_are_loaded()
    {
        using var trained = Create("kl", seed: 1);
        using var averaged = Create("kl", seed: 2);
        using var unet = Create("kl", seed: 3);
        var stage = Own(trained).Concat(Averages(averaged)).Select(pair => KeyValuePair.Create("first_stage_model." + pair.Key, pair.Value));
        var path = Write("kl", stage, Averages(unet));

        using var best = AutoencoderModel.Load(path);

        AssertSameWeights(averaged, best);
        Assert.Equal(WeightSource.MovingAverage, best.LoadReport.WeightSource);
    }

    private static AutoencoderModel Create(string kind, long seed) => AutoencoderModel.Create(kind == "kl" ? Kl : Vq, seed);

    private static AutoencoderModel Load(string path, WeightSource source) =>
        AutoencoderModel.Load(path, new AutoencoderLoadOptions { WeightSource = source });

    private static Dictionary<string, Tensor> Own(AutoencoderModel model) => model.Network.state_dict();

    // As LitEma writes them, with its counters and the average of a part that is not an autoencoder.
    private static IEnumerable<KeyValuePair<string, Tensor>> Averages(AutoencoderModel model) =>
        model.Network.named_parameters()
            .Select(pair => KeyValuePair.Create("model_ema." + pair.name.Replace(".", "", StringComparison.Ordinal), (Tensor)pair.parameter))
            .Append(KeyValuePair.Create("model_ema.decay", tensor(0.9999f)))
            .Append(KeyValuePair.Create("model_ema.num_updates", tensor(3)))
            .Append(KeyValuePair.Create("model_ema.losslogvar", tensor(0f)));

    private static void AssertSameWeights(AutoencoderModel expected, AutoencoderModel actual)
    {
        var wanted = Own(expected);
        Assert.All(Own(actual), pair => Assert.True(pair.Value.Equals(wanted[pair.Key]), pair.Key));
    }

    private string Write(string kind, params IEnumerable<KeyValuePair<string, Tensor>>[] parts)
    {
        var path = Path.Combine(folder, "stage.safetensors");
        SafetensorsFile.Write(path, parts.SelectMany(part => part));
        File.WriteAllText(Path.Combine(folder, "stage.yaml"), Yaml(kind));
        return path;
    }

    private static string Yaml(string kind) =>
        $$"""
        model:
          target: ldm.models.autoencoder.{{(kind == "kl" ? "AutoencoderKL" : "VQModel")}}
          params:
            embed_dim: {{(kind == "kl" ? "4" : "3\n    n_embed: 32")}}
            ddconfig:
              double_z: {{(kind == "kl" ? "true" : "false")}}
              z_channels: {{(kind == "kl" ? 4 : 3)}}
              resolution: 256
              in_channels: 3
              out_ch: 3
              ch: 32
              ch_mult: [1, 2]
              num_res_blocks: 1
              attn_resolutions: []
        """;
}
