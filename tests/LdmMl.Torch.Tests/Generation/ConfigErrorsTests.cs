using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Parts that do not fit each other are refused before a network is built.</summary>
public class ConfigErrorsTests
{
    [Fact]
    public void A_U_Net_for_other_latents_is_refused() => AssertRefused(
        config => config with { UNet = config.UNet with { InputChannels = 3 } },
        "LatentDiffusionConfig: the U-Net takes 3 channels, but the first stage's latents have 4; InputChannels must be 4.");

    [Fact]
    public void A_U_Net_with_other_output_channels_is_refused() => AssertRefused(
        config => config with { UNet = config.UNet with { OutputChannels = 8 } },
        "LatentDiffusionConfig: the U-Net gives 8 channels, but the first stage's latents have 4; OutputChannels must be equal to that.");

    [Fact]
    public void A_U_Net_without_concatenated_channels_is_refused() => AssertRefused(
        config => config with { Conditioning = new ConcatenatedConditioning { Input = ConcatenatedInput.LowResolutionImage } },
        "LatentDiffusionConfig: the U-Net takes 4 channels, but the first stage's latents have 4 and 3 more are concatenated; "
            + "InputChannels must be 7.");

    [Fact]
    public void Labels_without_embeddings_in_the_U_Net_are_refused() => AssertRefused(
        config => config with { Conditioning = new LabelConditioning { Count = 2, HasNullLabel = true } },
        "LatentDiffusionConfig: the U-Net has embeddings for no labels, but the conditioning has 3 (the null label included); "
            + "set UNetConfig.LabelCount to that.");

    [Fact]
    public void Label_embeddings_without_a_conditioning_are_refused() => AssertRefused(
        config => config with { UNet = config.UNet with { LabelCount = 5 } },
        "LatentDiffusionConfig: the U-Net has embeddings for 5 labels, but the conditioning has none; set UNetConfig.LabelCount to that.");

    [Fact]
    public void Tokens_without_cross_attention_are_refused() => AssertRefused(
        config => config with { Conditioning = new ContextConditioning { Dimension = 8 } },
        "LatentDiffusionConfig: the conditioning has tokens, but the U-Net has no cross-attention; set UNetConfig.ContextDimension.");

    [Fact]
    public void Cross_attention_without_tokens_is_refused() => AssertRefused(
        config => config with { UNet = config.UNet with { ContextDimension = 8 } },
        "LatentDiffusionConfig: the U-Net has cross-attention, but the conditioning has no tokens for it.");

    [Fact]
    public void Tokens_of_another_width_are_refused() => AssertRefused(
        config => config with { UNet = config.UNet with { ContextDimension = 8 }, Conditioning = new ContextConditioning { Dimension = 16 } },
        "LatentDiffusionConfig: the tokens are 16 wide, but the U-Net's cross-attention takes tokens 8 wide; both must be the same.");

    [Fact]
    public void A_latent_size_that_cannot_be_halved_is_refused() => AssertRefused(
        config => config with { LatentWidth = 9 },
        "LatentDiffusionConfig: LatentWidth is 9; it must be a positive multiple of 2, because the U-Net has 2 levels.");

    [Fact]
    public void Epsilon_at_zero_terminal_SNR_is_refused() => AssertRefused(
        config => config with { Schedule = config.Schedule with { ZeroTerminalSnr = true } },
        "Prediction is Epsilon; it must be Velocity or Start if the schedule has zero terminal SNR: at its last step epsilon says nothing about the image.");

    [Theory]
    [InlineData(1, "LabelConditioning: there are 1 names for 2 labels; give a name for each label, or none.", "a")]
    [InlineData(2, "LabelConditioning: the name 'a' occurs more than once; names must be unique.", "a", "a")]
    public void Names_that_do_not_match_the_labels_are_refused(int count, string message, params string[] names)
    {
        Assert.Equal(count, names.Length);
        AssertRefused(
            config => config with
            {
                UNet = config.UNet with { LabelCount = 2 },
                Conditioning = new LabelConditioning { Count = 2, Names = names },
            },
            message);
    }

    [Fact]
    public void A_U_Net_that_predicts_codebook_indices_is_refused() => AssertRefused(
        config => config with { UNet = config.UNet with { CodebookSize = 8 } },
        "LatentDiffusionConfig: the U-Net predicts indices of a codebook, which this library cannot decode.");

    [Fact]
    public void Sampling_without_steps_is_refused() => AssertRefused(
        config => config with { Sampling = config.Sampling with { Steps = 0 } }, "Steps is 0; it must be at least 1.");

    [Fact]
    public void More_sampling_steps_than_the_schedule_has_are_refused() => AssertRefused(
        config => config with { Schedule = config.Schedule with { Steps = 20 }, Sampling = config.Sampling with { Steps = 21 } },
        "Steps is 21; the model's schedule has 20, so choose 1 to 20.");

    private static void AssertRefused(Func<LatentDiffusionConfig, LatentDiffusionConfig> change, string message)
    {
        using var autoencoder = AutoencoderModel.Create(SmallDiffusion.FirstStage, seed: 1);
        var config = change(SmallDiffusion.Variants["unconditional"]);

        Assert.Equal(message, Assert.ThrowsAny<ArgumentException>(() => LatentDiffusionModel.Create(autoencoder, config, seed: 1)).Message);
    }
}
