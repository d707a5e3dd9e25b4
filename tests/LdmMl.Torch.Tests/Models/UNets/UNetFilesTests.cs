using System.Text;
using System.Text.Json;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Models.UNets.Storage;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.UNets;

public class UNetFilesTests
{
    public static TheoryData<string> Kinds() => [.. SmallUNets.Kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_network_round_trips_through_files_with_equal_predictions(string kind)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var network = SmallUNets.Build(kind);
        using var written = UNetFiles.Weights(network);

        var read = WriteAndRead(network.Config);
        using var again = UNetFactory.Build(read.Config);
        using var weights = UNetWeights.ToCompVis(read.Config, written);
        ModuleWeights.Load(again, weights, "the file");

        Assert.Equal((6, 4), (read.Height, read.Width));
        var (states, times, conditions) = SmallUNets.Inputs(network.Config, [0, 1], 4, 4);
        Assert.True(network.Predict(states, times, conditions).equal(again.Predict(states, times, conditions)).all().item<bool>());
    }

    [Theory]
    [InlineData("plain", "UNetModel")]                  // two heads on two widths: diffusers' heads have the same channels everywhere
    [InlineData("small groups", "UNetModel")]
    [InlineData("residual resampling, scale and shift", "UNetModel")]
    [InlineData("without weights in resampling", "UNetModel")]
    [InlineData("codebook", "UNetModel")]
    [InlineData("vectors", "UNetModel")]
    [InlineData("context", "UNet2DConditionModel")]
    [InlineData("context, linear", "UNet2DConditionModel")]
    [InlineData("context, pooled too", "UNet2DConditionModel")]
    public void The_class_is_diffusers_own_only_if_it_computes_the_same(string kind, string expected) =>
        Assert.Equal(expected, UNetFiles.PythonClass(SmallUNets.Kinds[kind]));

    [Theory]
    [InlineData(nameof(UNetConfig.CelebaHq256), "UNet2DModel")]
    [InlineData(nameof(UNetConfig.LsunChurches256), "UNetModel")]
    [InlineData(nameof(UNetConfig.Cin256), "UNet2DConditionModel")]
    [InlineData(nameof(UNetConfig.Txt2Img), "UNet2DConditionModel")]
    [InlineData(nameof(UNetConfig.SuperResolution), "UNet2DModel")]
    [InlineData(nameof(UNetConfig.StableDiffusion1), "UNet2DConditionModel")]
    [InlineData(nameof(UNetConfig.StableDiffusion2), "UNet2DConditionModel")]
    public void Published_networks_keep_their_shape_through_config_json(string preset, string pythonClass)
    {
        var config = (UNetConfig)typeof(UNetConfig).GetProperty(preset)!.GetValue(null)!;

        var read = WriteAndRead(config).Config;

        Assert.Equal(pythonClass, UNetFiles.PythonClass(config));
        Assert.Equal(Lines(config), Lines(read));
    }

    [Theory]
    [InlineData("""{"_class_name":"UNet3DConditionModel"}""", "its '_class_name' is 'UNet3DConditionModel'; supported are UNet2DConditionModel, UNet2DModel and UNetModel.")]
    [InlineData("""{"_class_name":"UNet2DModel","freq_shift":1}""", "its 'freq_shift' is 1, which is not supported.")]
    [InlineData("""{"_class_name":"UNet2DConditionModel","dual_cross_attention":true}""", "its 'dual_cross_attention' is true, which is not supported.")]
    [InlineData("""{"_class_name":"UNet2DConditionModel","addition_embed_type":"image"}""",
        "its 'addition_embed_type' is 'image', which is not supported; supported is text, and text_time without 'class_embed_type'.")]
    [InlineData("""{"_class_name":"UNet2DModel","addition_embed_type":"text_time"}""", "its 'addition_embed_type' is given, which is not supported.")]
    [InlineData("""{"_class_name":"UNet2DConditionModel","addition_embed_type":"text_time","addition_time_embed_dim":8}""",
        "its embedding of a vector needs 'projection_class_embeddings_input_dim'.")]
    [InlineData("""{"_class_name":"UNet2DModel","layers_per_block":[1,2,2,2]}""", "its 'layers_per_block' must be the same for all levels.")]
    [InlineData("""{"_class_name":"UNet2DModel","in_channels":"four"}""", "its 'in_channels' must be a whole number.")]
    [InlineData("""{"_class_name":"UNet2DModel","resnet_time_scale_shift":"scale_shift"}""",
        "its middle's attention is normalised in other groups than everything else, or not at all ('attn_norm_num_groups'), which is not supported.")]
    [InlineData("""{"_class_name":"UNet2DModel","middle_magic":2}""", "its 'middle_magic' is 2, which is not supported.")]
    [InlineData("""{"_class_name":"UNet2DModel","mid_block_type":null}""", "its 'mid_block_type' is null, which is not supported; supported is UNetMidBlock2D.")]
    [InlineData("""{"_class_name":"UNet2DConditionModel","mid_block_type":null}""",
        "its 'mid_block_type' is null, which is not supported; supported is UNetMidBlock2DCrossAttn.")]
    [InlineData("""{"_class_name":"UNet2DConditionModel","only_cross_attention":[false,true]}""",
        "its 'only_cross_attention' must be a list of 4, as 'block_out_channels' has.")]
    [InlineData("""{"_class_name":"UNet2DModel","only_cross_attention":true}""", "its 'only_cross_attention' is true, which is not supported.")]
    [InlineData("""{"_class_name":"UNetModel"}""", "it needs 'num_heads' or 'num_head_channels', and has neither.")]
    [InlineData("""{"_class_name":"UNetModel","num_heads":1}""", "its 'in_channels' must be a whole number.")]
    public void Unsupported_options_are_refused_by_name(string json, string message)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));

        var error = Assert.Throws<InvalidDataException>(() => UNetFiles.ReadConfig(stream));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"_class_name":"UNet2DConditionModel","only_cross_attention":[false,false,false,false],"class_embeddings_concat":null}""")]
    [InlineData("""{"_class_name":"UNet2DConditionModel","upcast_attention":true,"addition_embed_type_num_heads":64,"_name_or_path":"x"}""")]
    [InlineData("""{"_class_name":"UNet2DConditionModel","mid_block_type":"UNetMidBlock2DCrossAttn","encoder_hid_dim":null}""")]
    public void Keys_with_neutral_values_have_no_effect(string json)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        using var plain = new MemoryStream("""{"_class_name":"UNet2DConditionModel"}"""u8.ToArray());

        Assert.Equal(Lines(UNetFiles.ReadConfig(plain).Config), Lines(UNetFiles.ReadConfig(stream).Config));
    }

    [Fact]
    public void Old_attention_names_of_diffusers_are_read()
    {
        using var network = UNetFactory.Build(UNetConfig.CelebaHq256, META);
        using var written = UNetFiles.Weights(network);
        using var old = written.Rename(key => key.Replace(".to_q.", ".query.", StringComparison.Ordinal).Replace(".to_k.", ".key.", StringComparison.Ordinal)
            .Replace(".to_v.", ".value.", StringComparison.Ordinal).Replace(".to_out.0.", ".proj_attn.", StringComparison.Ordinal));
        using var weights = UNetWeights.ToCompVis(network.Config, old);

        Assert.Equal(network.state_dict().Keys.Order(StringComparer.Ordinal), weights.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(AttentionOrder.HeadsFirst)]
    [InlineData(AttentionOrder.ProjectionsFirst)]
    public void Diffusers_separate_projections_equal_the_joint_one(AttentionOrder order)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var config = SmallUNets.Kinds["plain"] with { ChannelMultipliers = [1], HeadChannels = 8, AttentionOrder = order };
        using var network = UNetFactory.Build(config);
        UNetFactory.Initialize(network, 3);
        var attention = (UNetAttention)network.named_modules().Single(pair => pair.name == "middle_block.1").module;
        foreach (var parameter in attention.parameters())
            parameter.add_(Real(0.1));
        using var weights = UNetFiles.Weights(network);
        Assert.Equal("UNet2DModel", UNetFiles.PythonClass(config));
        using var generator = new Generator(5, CPU);
        var map = randn([2, 32, 3, 4], generator: generator);

        // diffusers' Attention, written out: tokens, one linear layer each, heads one after the other in the channels.
        Tensor Weight(string name) => weights[$"mid_block.attentions.0.{name}"];
        Tensor Linear(Tensor x, string name) => nn.functional.linear(x, Weight($"{name}.weight"), Weight($"{name}.bias"));
        Tensor Heads(Tensor x) => x.reshape(2, 12, 4, 8).transpose(1, 2);                                    // [B, heads, T, C / heads]
        var tokens = nn.functional.group_norm(map, 32, Weight("group_norm.weight"), Weight("group_norm.bias"), 1e-5).flatten(2).transpose(1, 2);
        var scores = Heads(Linear(tokens, "to_q")).matmul(Heads(Linear(tokens, "to_k")).transpose(2, 3)) / Real(Math.Sqrt(8));
        var mixed = scores.softmax(-1).matmul(Heads(Linear(tokens, "to_v"))).transpose(1, 2).reshape(2, 12, 32);
        var expected = Linear(mixed, "to_out.0").transpose(1, 2).reshape(map.shape).Plus(map);

        Assert.True((attention.call(map) - expected).abs().max().item<float>() < 1e-5);
    }

    private static (UNetConfig Config, int? Height, int? Width) WriteAndRead(UNetConfig config)
    {
        using var stream = new MemoryStream();
        UNetFiles.WriteConfig(stream, config, 6, 4);
        stream.Position = 0;
        return UNetFiles.ReadConfig(stream);
    }

    // Factors beyond the smallest map, and the legacy flag without separate heads on the way up, have no effect.
    private static string[] Lines(UNetConfig config) =>
    [
        JsonSerializer.Serialize(config with { AttentionFactors = [], LegacyHeads = false, Heads = config.HeadChannels is null ? config.Heads : 1 }),
        string.Join(',', config.AttentionFactors.Where(factor => factor <= config.DownsampleFactor).Order()),
    ];
}
