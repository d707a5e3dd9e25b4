using System.Text.Json;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.CompVis;
using LdmMl.Torch.Checkpoints.Diffusers;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Checkpoints;

public sealed class AutoencoderKeyMapTests
{
    private static readonly Dictionary<string, string> Published = JsonSerializer.Deserialize<Dictionary<string, string>>(
        File.ReadAllText(Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "autoencoder-keymap.json")))!;

    [Fact]
    public void Keys_match_diffusers_own_converter_in_both_directions()
    {
        var map = new AutoencoderKeyMap(AutoencoderKeyMap.CountLevels(Published.Keys));
        Assert.Equal(2, AutoencoderKeyMap.CountLevels(Published.Keys));
        Assert.Equal(2, AutoencoderKeyMap.CountLevels(Published.Values));
        Assert.All(Published, pair =>
        {
            Assert.Equal(pair.Value, map.ToDiffusers(pair.Key));
            Assert.Equal(pair.Key, map.ToCompVis(pair.Value));
        });
        Assert.True(AutoencoderKeyMap.IsDiffusers(Published.Values));
        Assert.False(AutoencoderKeyMap.IsDiffusers(Published.Keys));
    }

    [Theory]
    [InlineData("encoder.down.3.block.1.nin_shortcut.weight", "encoder.down_blocks.3.resnets.1.conv_shortcut.weight")]
    [InlineData("encoder.down.2.attn.1.proj_out.bias", "encoder.down_blocks.2.attentions.1.to_out.0.bias")]
    [InlineData("decoder.up.3.attn.2.norm.weight", "decoder.up_blocks.0.attentions.2.group_norm.weight")]
    [InlineData("decoder.up.1.upsample.conv.weight", "decoder.up_blocks.2.upsamplers.0.conv.weight")]
    [InlineData("decoder.up.0.block.2.nin_shortcut.bias", "decoder.up_blocks.3.resnets.2.conv_shortcut.bias")]
    [InlineData("quantize.embedding.weight", "quantize.embedding.weight")]
    public void Levels_with_shortcuts_and_attention_are_mapped_in_both_directions(string compVis, string diffusers)
    {
        var map = new AutoencoderKeyMap(levels: 4);
        Assert.Equal(diffusers, map.ToDiffusers(compVis));
        Assert.Equal(compVis, map.ToCompVis(diffusers));
    }

    [Theory]
    [InlineData("query", "q")]
    [InlineData("key", "k")]
    [InlineData("value", "v")]
    [InlineData("proj_attn", "proj_out")]
    public void Older_attention_names_are_accepted(string older, string compVis) => Assert.Equal(
        $"decoder.mid.attn_1.{compVis}.weight",
        new AutoencoderKeyMap(levels: 2).ToCompVis($"decoder.mid_block.attentions.0.{older}.weight"));

    [Fact]
    public void Weights_round_trip_through_diffusers_keys_with_projections_reshaped()
    {
        using var scope = NewDisposeScope();
        using var weights = new StateDictionary();
        foreach (var key in Published.Keys)
            weights.Add(key, AutoencoderKeyMap.IsProjection(key) ? rand(4, 4, 1, 1) : rand(4));

        using var diffusers = AutoencoderWeights.ToDiffusers(weights);
        using var back = AutoencoderWeights.ToCompVis(diffusers);

        Assert.Equal([4, 4], diffusers["encoder.mid_block.attentions.0.to_q.weight"].shape);
        Assert.Equal(weights.Keys, back.Keys);
        Assert.All(weights, pair => Assert.True(pair.Value.Equals(back[pair.Key])));
    }

    [Fact]
    public void Averages_keyed_without_dots_are_found_by_parameter_name()
    {
        using var scope = NewDisposeScope();
        using var weights = new StateDictionary();
        weights.Add("model_ema.num_updates", tensor(3));
        weights.Add("model_ema.decoderconv_inweight", tensor(1f));
        weights.Add("decoder.conv_in.weight", tensor(2f));

        using var averages = MovingAverages.Select(weights, ["decoder.conv_in.weight", "decoder.conv_in.bias"]);

        Assert.Equal(1f, Assert.Single(averages, pair => pair.Key == "decoder.conv_in.weight").Value.item<float>());
        Assert.Single(averages);
        Assert.Throws<ArgumentException>(() => MovingAverages.Select(weights, ["a.b", "ab"]));
    }

    [Fact]
    public void Mixed_naming_schemes_and_impossible_levels_are_refused()
    {
        using var mixture = new StateDictionary();
        mixture.Add("encoder.norm_out.bias", ones(1));
        mixture.Add("encoder.conv_norm_out.bias", ones(1));
        Assert.Equal(
            "two keys become 'encoder.norm_out.bias'; does the file mix naming schemes?",
            Assert.Throws<InvalidDataException>(() => AutoencoderWeights.ToCompVis(mixture)).Message);

        using var impossible = new StateDictionary();
        impossible.Add("decoder.up_blocks.99999999999.x", ones(1));
        Assert.Equal("'99999999999' is not a level of an autoencoder.", Assert.Throws<InvalidDataException>(() => AutoencoderWeights.ToCompVis(impossible)).Message);
    }
}
