using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>LoRA on a tiny Stable Diffusion 1; golden cases compare its results with kohya's scripts and diffusers.</summary>
public sealed class LoraTests : IDisposable
{
    private const string Query = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q";
    private const string TextQuery = "lora_te_text_model_encoder_layers_0_self_attn_q_proj";

    private static readonly string Model = Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "sd-pipelines", "p01_sd1_txt2img");

    private readonly string folder = Directory.CreateTempSubdirectory("lora-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_original_model_keeps_its_weights_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        var before = model.ComputeWeightHash();

        using var changed = model.WithLora(File(Layer(Query, 16, 16)), 0.5);

        Assert.NotEqual(before, changed.ComputeWeightHash());
        Assert.Equal(before, model.ComputeWeightHash());
        Assert.Empty(model.Loras);
    }

    [Fact]
    public void Weight_zero_changes_no_bit()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        using var changed = model.WithLora(File([.. Layer(Query, 16, 16), .. Layer(TextQuery, 32, 32)]), 0);

        Assert.Equal(model.ComputeWeightHash(), changed.ComputeWeightHash());
        Assert.Equal(2, changed.Loras[0].Layers);
    }

    [Fact]
    public void Merging_several_files_at_once_equals_merging_one_after_the_other()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        var (first, second) = (File(Layer(Query, 16, 16), "a"), File([.. Layer(Query, 16, 16, seed: 2), .. Layer(TextQuery, 32, 32)], "b"));

        using var together = model.WithLoras([new WeightedLora(first, 0.7), new WeightedLora(second, -0.2)]);
        using var once = model.WithLora(first, 0.7);
        using var twice = once.WithLora(second, -0.2);

        Assert.Equal(together.ComputeWeightHash(), twice.ComputeWeightHash());
        Assert.Equal(together.Loras.Select(merged => merged.Lora), twice.Loras.Select(merged => merged.Lora));
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
        using var kohya = model.WithLora(File(layer));

        using var other = model.WithLora(File([(down, layer[0].Value.clone()), (up, layer[1].Value.clone())], "other"));

        Assert.Equal(kohya.ComputeWeightHash(), other.ComputeWeightHash());
    }

    [Fact]
    public void A_saved_model_has_the_changes()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        using var changed = model.WithLora(File([.. Layer(Query, 16, 16), .. Layer(TextQuery, 32, 32)]));

        changed.Save(Path.Combine(folder, "saved"));
        using var again = LatentDiffusionModel.Load(Path.Combine(folder, "saved"));

        Assert.Equal(changed.ComputeWeightHash(), again.ComputeWeightHash());
    }

    [Fact]
    public void A_model_in_bfloat16_takes_a_LoRA_in_float16()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        using var small = model.To(CPU, ModelPrecision.BFloat16);
        var half = Layer(Query, 16, 16).Select(entry => (entry.Key, entry.Value.to(ScalarType.Float16)));

        using var changed = small.WithLora(File([.. half]));

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

        using var changed = model.WithLora(File(Layer($"unet.{key[..^7]}", size, size)));
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

        using var kohya = model.WithLora(File(
        [
            .. Layer($"lora_unet_{original.Replace('.', '_')}", width, width), .. Layer($"lora_te1_{Text.Replace('.', '_')}", widths[0], widths[0]),
            .. Layer($"lora_te2_{Text.Replace('.', '_')}", widths[1], widths[1]),
        ]));
        using var other = model.WithLora(File(
        [
            .. Layer($"unet.{diffusers}", width, width), .. Layer($"text_encoder.{Text}", widths[0], widths[0]),
            .. Layer($"text_encoder_2.{Text}", widths[1], widths[1]),
        ], "other"));

        Assert.Equal(3, kohya.Loras[0].Layers);
        Assert.Empty(kohya.Loras[0].UnusedKeys);
        Assert.Equal(kohya.ComputeWeightHash(), other.ComputeWeightHash());
        Assert.NotEqual(model.ComputeWeightHash(), kohya.ComputeWeightHash());
    }

    [Theory]
    [InlineData("{\"unet.lora_alpha\": 1}", 0.5)]
    [InlineData("{\"unet.lora_alpha\": 1, \"unet.alpha_pattern\": {\"mid_block.attentions.0.transformer_blocks.0.attn1.to_q\": 4}}", 2)]
    [InlineData("{\"unet.lora_alpha\": 2, \"unet.use_rslora\": true}", 1.4142135623730951)]
    [InlineData("{\"text_encoder.lora_alpha\": 7}", 1)]
    public void The_alpha_in_the_metadata_of_newer_files_is_used(string configuration, double factor)
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        var layer = Layer("unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q", 16, 16);
        var plain = File(layer);
        using var expected = model.WithLora(plain, factor);

        using var changed = model.WithLora(File(layer, "configured", new() { ["lora_adapter_metadata"] = configuration }));

        Assert.Equal(expected.ComputeWeightHash(), changed.ComputeWeightHash());
    }

    [Fact]
    public void PEFTs_own_files_need_their_configuration_next_to_them()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        var (down, up) = (Layer(Query, 16, 16)[0].Value, Layer(Query, 16, 16)[1].Value);
        const string Own = "base_model.model.mid_block.attentions.0.transformer_blocks.0.attn1.to_q";
        var path = File([($"{Own}.lora_A.weight", down), ($"{Own}.lora_B.weight", up)], "adapter_model");
        var error = Assert.Throws<CheckpointException>(() => model.WithLora(path));
        System.IO.File.WriteAllText(Path.Combine(folder, "adapter_config.json"), "{\"r\": 2, \"lora_alpha\": 1}");

        using var changed = model.WithLora(path);
        using var expected = model.WithLora(File(Layer(Query, 16, 16)), 0.5);

        Assert.Contains("whose alpha is in adapter_config.json, and there is no such file next to it; put it there", error.Message, StringComparison.Ordinal);
        Assert.Equal(expected.ComputeWeightHash(), changed.ComputeWeightHash());
    }

    [Theory]
    [InlineData("{\"unet.use_dora\": true}", "its configuration says 'use_dora'")]
    [InlineData("{\"unet.lora_alpha\": \"much\"}", "which is not a number")]
    [InlineData("{\"unet.alpha_pattern\": {\"to_q$\": 1}}", "has the expression 'to_q$'")]
    [InlineData("[]", "its 'lora_adapter_metadata' is not a JSON object")]
    [InlineData("{", "its 'lora_adapter_metadata' is not JSON:")]
    public void An_unsupported_configuration_is_refused(string configuration, string reason)
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        var path = File(Layer(Query, 16, 16), "configured", new() { ["lora_adapter_metadata"] = configuration });

        Assert.Contains(reason, Assert.Throws<CheckpointException>(() => model.WithLora(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shape", "it was made for another model: '" + Query + ".lora_down.weight' changes a weight [16, 12], but 'mid_block.attentions.0")]
    [InlineData("no layer", "it was made for another model: this model's U-Net does not have the layers")]
    [InlineData("second encoder", "this model has no second text encoder, as SDXL does")]
    [InlineData("one factor", "'" + Query + ".lora_down.weight' has only one of its two factors")]
    [InlineData("ranks", "do not fit each other: [2, 16] and [16, 3]")]
    [InlineData("DoRA", "'" + Query + ".dora_scale' belongs to DoRA")]
    [InlineData("LoHa", "belongs to LoHa (LyCORIS)")]
    [InlineData("not finite", "contains numbers that are not finite")]
    [InlineData("alpha", "'" + Query + ".alpha' is [2]; it must be one number")]
    [InlineData("endless alpha", "is not a finite number")]
    [InlineData("two schemes", "describe the same part of one layer; the file mixes two naming schemes")]
    [InlineData("no LoRA", "it is not a LoRA: none of its 1 keys, such as 'weight', is a LoRA key")]
    public void A_file_that_cannot_be_merged_is_refused_with_the_reason(string kind, string reason)
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        var good = Layer(Query, 16, 16);
        (string, Tensor)[] entries = kind switch
        {
            "shape" => Layer(Query, 16, 12),
            "no layer" => Layer("lora_unet_down_blocks_9_attentions_0_proj_in", 16, 16),
            "second encoder" => [.. good, .. Layer("lora_te2_text_model_encoder_layers_0_self_attn_q_proj", 32, 32)],
            "one factor" => [good[0]],
            "ranks" => [good[0], ($"{Query}.lora_up.weight", ones(16, 3))],
            "DoRA" => [.. good, ($"{Query}.dora_scale", ones(16, 1))],
            "LoHa" => [.. good, ("lora_unet_conv_in.hada_w1_a", ones(16, 1))],
            "not finite" => [good[0], ($"{Query}.lora_up.weight", zeros(16, 2) / zeros(16, 2))],
            "alpha" => [.. good, ($"{Query}.alpha", ones(2))],
            "endless alpha" => [.. good, ($"{Query}.alpha", tensor(float.PositiveInfinity))],
            "two schemes" => [.. good, ("unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight", ones(2, 16))],
            _ => [("weight", ones(2, 2))],
        };
        var path = File(entries);

        var error = Assert.Throws<CheckpointException>(() => model.WithLora(path));

        Assert.Equal(path, error.Path);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_a_weight_that_is_not_finite_and_an_empty_list_are_refused()
    {
        using var model = LatentDiffusionModel.Load(Model);

        Assert.Contains("there is no such file", Assert.Throws<CheckpointException>(() => model.WithLora("none.safetensors")).Message, StringComparison.Ordinal);
        Assert.Contains("finite number", Assert.Throws<OptionException>(() => model.WithLora("none.safetensors", double.NaN)).Message, StringComparison.Ordinal);
        Assert.Contains("at least one LoRA file", Assert.Throws<OptionException>(() => model.WithLoras([])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_of_a_text_encoder_that_is_closed_or_replaced_is_refused()
    {
        using var scope = NewDisposeScope();
        using var closed = LatentDiffusionModel.Load(Model, new LatentDiffusionLoadOptions { OpenTextEncoder = false });
        using var whole = LatentDiffusionModel.Load(Model);
        using var encoder = TextEncoderModel.Load(Model);
        using var plugged = whole.With(encoder);
        var path = File(Layer(TextQuery, 32, 32));

        Assert.Contains("none was opened", Assert.Throws<OptionException>(() => closed.WithLora(path)).Message, StringComparison.Ordinal);
        Assert.Contains("another one is plugged in", Assert.Throws<OptionException>(() => plugged.WithLora(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Merging_and_refusing_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        var good = File([.. Layer(Query, 16, 16), .. Layer(TextQuery, 32, 32)], "good");
        var bad = File([.. Layer(Query, 16, 16), .. Layer(TextQuery, 32, 31)], "bad");
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

    private static (string Key, Tensor Value)[] Layer(string name, int width, int inputs, int seed = 1)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return [($"{name}.lora_down.weight", randn([2, inputs], generator: generator)), ($"{name}.lora_up.weight", randn([width, 2], generator: generator))];
    }

    private string File((string Key, Tensor Value)[] entries, string name = "lora", Dictionary<string, string>? metadata = null)
    {
        var path = Path.Combine(folder, $"{name}.safetensors");
        using var weights = new StateDictionary();
        foreach (var (key, value) in entries)
            weights.Add(key, value.alias());
        SafetensorsFile.Write(path, weights, metadata);
        return path;
    }
}
