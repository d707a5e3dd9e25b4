using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using static LdmMl.Torch.Tests.Generation.LoraFolder;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>The configuration that PEFT writes beside its factors, or into the metadata of a file.</summary>
public sealed class LoraAlphaTests : IDisposable
{
    private readonly LoraFolder folder = new();

    public void Dispose() => folder.Dispose();

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
        var plain = folder.Write(layer);
        using var expected = model.WithLora(plain, factor);

        using var changed = model.WithLora(folder.Write(layer, "configured", new() { ["lora_adapter_metadata"] = configuration }));

        Assert.Equal(expected.ComputeWeightHash(), changed.ComputeWeightHash());
    }

    [Fact]
    public void PEFTs_own_files_need_their_configuration_next_to_them()
    {
        using var scope = NewDisposeScope();
        using var model = LatentDiffusionModel.Load(Model);
        var (down, up) = (Layer(Query, 16, 16)[0].Value, Layer(Query, 16, 16)[1].Value);
        const string Own = "base_model.model.mid_block.attentions.0.transformer_blocks.0.attn1.to_q";
        var path = folder.Write([($"{Own}.lora_A.weight", down), ($"{Own}.lora_B.weight", up)], "adapter_model");
        var error = Assert.Throws<CheckpointException>(() => model.WithLora(path));
        File.WriteAllText(Path.Combine(folder.Path, "adapter_config.json"), "{\"r\": 2, \"lora_alpha\": 1}");

        using var changed = model.WithLora(path);
        using var expected = model.WithLora(folder.Write(Layer(Query, 16, 16)), 0.5);

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
        var path = folder.Write(Layer(Query, 16, 16), "configured", new() { ["lora_adapter_metadata"] = configuration });

        Assert.Contains(reason, Assert.Throws<CheckpointException>(() => model.WithLora(path)).Message, StringComparison.Ordinal);
    }
}
