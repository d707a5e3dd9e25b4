using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Text;
using TorchSharp;
using static LdmMl.Torch.Tests.Generation.LoraFolder;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>LoRA on a tiny Stable Diffusion 1; golden cases compare its results with kohya's scripts and diffusers.</summary>
public sealed class LoraTests : IDisposable
{
    private readonly LoraFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_original_model_keeps_its_weights_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        var before = model.ComputeWeightHash();

        using var changed = model.WithLora(folder.Write(Layer(Query, 16, 16)), 0.5);

        Assert.NotEqual(before, changed.ComputeWeightHash());
        Assert.Equal(before, model.ComputeWeightHash());
        Assert.Empty(model.Loras);
    }

    [Fact]
    public void Weight_zero_changes_no_bit()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        using var changed = model.WithLora(folder.Write([.. Layer(Query, 16, 16), .. Layer(TextQuery, 32, 32)]), 0);

        Assert.Equal(model.ComputeWeightHash(), changed.ComputeWeightHash());
        Assert.Equal(2, changed.Loras[0].Layers);
    }

    [Fact]
    public void Merging_several_files_at_once_equals_merging_one_after_the_other()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        var (first, second) = (folder.Write(Layer(Query, 16, 16), "a"), folder.Write([.. Layer(Query, 16, 16, seed: 2), .. Layer(TextQuery, 32, 32)], "b"));

        using var together = model.WithLoras([new WeightedLora(first, 0.7), new WeightedLora(second, -0.2)]);
        using var once = model.WithLora(first, 0.7);
        using var twice = once.WithLora(second, -0.2);

        Assert.Equal(together.ComputeWeightHash(), twice.ComputeWeightHash());
        Assert.Equal(together.Loras.Select(lora => (lora.Path, lora.Weight, lora.Layers)), twice.Loras.Select(lora => (lora.Path, lora.Weight, lora.Layers)));
        Assert.EndsWith(", with LoRA a.safetensors at 0.7, with LoRA b.safetensors at -0.2", together.ToString(), StringComparison.Ordinal);
        using var shared = together.Share();
        Assert.Equal(together.ToString(), shared.ToString());
    }

    [Theory]
    [InlineData("unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight", "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q.lora_B.weight")]
    [InlineData("unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q.lora.down.weight", "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q.lora.up.weight")]
    [InlineData("mid_block.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.down.weight", "mid_block.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.up.weight")]
    [InlineData("lora_unet_middle_block_1_transformer_blocks_0_attn1_to_q.lora_down.weight", "lora_unet_middle_block_1_transformer_blocks_0_attn1_to_q.lora_up.weight")]
    public void A_layer_is_recognised_in_every_naming_scheme(string down, string up)
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        var layer = Layer(Query, 16, 16);
        using var kohya = model.WithLora(folder.Write(layer));

        using var other = model.WithLora(folder.Write([(down, layer[0].Value.clone()), (up, layer[1].Value.clone())], "other"));

        Assert.Equal(kohya.ComputeWeightHash(), other.ComputeWeightHash());
    }

    [Fact]
    public void A_saved_model_has_the_changes()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        using var changed = model.WithLora(folder.Write([.. Layer(Query, 16, 16), .. Layer(TextQuery, 32, 32)]));

        changed.Save(Path.Combine(folder.Path, "saved"));
        using var again = LatentDiffusionModel.Load(Path.Combine(folder.Path, "saved"));

        Assert.Equal(changed.ComputeWeightHash(), again.ComputeWeightHash());
    }

    [Fact]
    public void A_model_in_bfloat16_takes_a_LoRA_in_float16()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        using var small = model.To(CPU, ModelPrecision.BFloat16);
        var half = Layer(Query, 16, 16).Select(entry => (entry.Key, entry.Value.to(ScalarType.Float16)));

        using var changed = small.WithLora(folder.Write([.. half]));

        Assert.Equal(ModelPrecision.BFloat16, changed.Precision);
        Assert.NotEqual(small.ComputeWeightHash(), changed.ComputeWeightHash());
    }

    [Fact]
    public void A_joint_projection_of_queries_keys_and_values_is_changed_too()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("unconditional");
        Assert.Null(model.Config.UNet.ContextDimension);
        using var weights = LdmMl.Torch.Models.UNets.Storage.UNetWeights.ToDiffusers(model.Config.UNet, model.Network.state_dict());
        var key = weights.Keys.First(name => name.EndsWith("to_k.weight", StringComparison.Ordinal));
        var size = (int)weights[key].shape[0];

        using var changed = model.WithLora(folder.Write(Layer($"unet.{key[..^7]}", size, size)));
        using var after = LdmMl.Torch.Models.UNets.Storage.UNetWeights.ToDiffusers(model.Config.UNet, changed.Network.state_dict());

        Assert.Equal([key], weights.Keys.Where(name => !weights[name].equal(after[name]).all().item<bool>()));
    }

    [RealDataFact]
    public void Both_encoders_of_SDXL_and_its_original_names_are_recognised()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Path.Combine(RealData.SharedGoldens!, "sdxl", "x01_sdxl_txt2img"));
        var own = model.Network.state_dict().First(pair => pair.Key.EndsWith("attn1.to_q.weight", StringComparison.Ordinal));
        var widths = ((TextEncoderModel)model.TextEncoder!).Parts.Select(part => part.Config.Width).ToArray();
        var width = (int)own.Value.shape[0];
        var original = own.Key[..^".weight".Length];
        var diffusers = LdmMl.Torch.Models.UNets.Storage.UNetWeights.KeyMap(model.Config.UNet).ToDiffusers(own.Key)[..^".weight".Length];
        const string Text = "text_model.encoder.layers.0.self_attn.q_proj";

        using var kohya = model.WithLora(folder.Write(
        [
            .. Layer($"lora_unet_{original.Replace('.', '_')}", width, width), .. Layer($"lora_te1_{Text.Replace('.', '_')}", widths[0], widths[0]),
            .. Layer($"lora_te2_{Text.Replace('.', '_')}", widths[1], widths[1]),
        ]));
        using var other = model.WithLora(folder.Write(
        [
            .. Layer($"unet.{diffusers}", width, width), .. Layer($"text_encoder.{Text}", widths[0], widths[0]),
            .. Layer($"text_encoder_2.{Text}", widths[1], widths[1]),
        ], "other"));

        Assert.Equal(3, kohya.Loras[0].Layers);
        Assert.Empty(kohya.Loras[0].UnusedKeys);
        Assert.Equal(kohya.ComputeWeightHash(), other.ComputeWeightHash());
        Assert.NotEqual(model.ComputeWeightHash(), kohya.ComputeWeightHash());
    }

    [Fact]
    public void Merging_and_refusing_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        var good = folder.Write([.. Layer(Query, 16, 16), .. Layer(TextQuery, 32, 32)], "good");
        var bad = folder.Write([.. Layer(Query, 16, 16), .. Layer(TextQuery, 32, 31)], "bad");
        void Merge()
        {
            model.WithLora(good).Dispose();
            Assert.Throws<CheckpointException>(() => model.WithLora(bad));
        }

        Merge();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Merge();

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
