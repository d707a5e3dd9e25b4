using LdmMl.Torch.Checkpoints;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Checkpoints;

public class KeyPrefixesTests
{
    [Theory]
    [InlineData("module.encoder.conv_in.weight", "encoder.conv_in.weight")]
    [InlineData("_orig_mod.encoder.conv_in.weight", "encoder.conv_in.weight")]
    [InlineData("module._orig_mod.encoder.conv_in.weight", "encoder.conv_in.weight")]
    [InlineData("vae.encoder.conv_in.weight", "encoder.conv_in.weight")]
    [InlineData("model.encoder.conv_in.weight", "encoder.conv_in.weight")]
    [InlineData("model.module.encoder.conv_in.weight", "encoder.conv_in.weight")]
    [InlineData("model.diffusion_model.out.0.weight", "model.diffusion_model.out.0.weight")]
    [InlineData("module.model.diffusion_model.out.0.weight", "model.diffusion_model.out.0.weight")]
    [InlineData("first_stage_model._orig_mod.encoder.conv_in.weight", "first_stage_model.encoder.conv_in.weight")]
    [InlineData("encoder.conv_in.weight", "encoder.conv_in.weight")]
    public void Wrapper_prefixes_are_stripped_from_every_key(string key, string expected) => Assert.Equal([expected], Strip(key));

    [Fact]
    public void Training_state_next_to_a_model_is_ignored() =>
        Assert.Equal(["encoder.a", "decoder.b"], Strip("model.encoder.a", "model.decoder.b", "optimizer.state.0.exp_avg", "ema.encoder.a"));

    [Fact]
    public void A_prefix_of_only_some_keys_is_kept() => Assert.Equal(["vae.a", "unet.b"], Strip("vae.a", "unet.b"));

    private static string[] Strip(params string[] keys)
    {
        using var weights = new StateDictionary();
        foreach (var key in keys)
            weights.Add(key, zeros(1));
        using var stripped = KeyPrefixes.Strip(weights);
        return [.. stripped.Keys];
    }
}
