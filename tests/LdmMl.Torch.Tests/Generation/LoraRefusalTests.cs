using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Text;
using static LdmMl.Torch.Tests.Generation.LoraFolder;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>LoRA files that cannot be merged are refused by name, and the model stays as it is.</summary>
public sealed class LoraRefusalTests : IDisposable
{
    private readonly LoraFolder folder = new();

    public void Dispose() => folder.Dispose();

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
        var path = folder.Write(entries);

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
        var path = folder.Write(Layer(TextQuery, 32, 32));

        Assert.Contains("none was opened", Assert.Throws<OptionException>(() => closed.WithLora(path)).Message, StringComparison.Ordinal);
        Assert.Contains("another one is plugged in", Assert.Throws<OptionException>(() => plugged.WithLora(path)).Message, StringComparison.Ordinal);
    }
}
