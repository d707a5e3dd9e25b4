using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Autoencoders;

public class AutoencoderErrorsTests
{
    [Fact]
    public void Images_that_do_not_fit_are_refused_with_what_is_needed()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create("kl");

        Assert.Contains("Expected images [B, 3, H, W], got [2, 1, 16, 16].", Refusal(() => model.Encode(zeros(2, 1, 16, 16))), StringComparison.Ordinal);
        Assert.Contains("Expected images [B, 3, H, W], got [3, 16, 16].", Refusal(() => model.Encode(zeros(3, 16, 16))), StringComparison.Ordinal);
        Assert.Contains("The images are 17x16; both sides must be multiples of 2. Resize or pad them first.", Refusal(() => model.Encode(zeros(1, 3, 16, 17))), StringComparison.Ordinal);
        Assert.Contains("Expected float32 images, got Byte", Refusal(() => model.Encode(zeros([1, 3, 16, 16], dtype: ScalarType.Byte))), StringComparison.Ordinal);
        Assert.Contains("Expected noise [1, 4, 8, 8] for images [1, 3, 16, 16], got [1, 4, 4, 4].", Refusal(() => model.Encode(zeros(1, 3, 16, 16), zeros(1, 4, 4, 4))), StringComparison.Ordinal);
        Assert.Contains("Expected latents [B, 4, h, w], got [1, 3, 8, 8].", Refusal(() => model.Decode(zeros(1, 3, 8, 8))), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_an_autoencoder_with_a_posterior_takes_noise()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create("tiny");

        Assert.Contains("no posterior to sample from", Refusal(() => model.Encode(zeros(1, 3, 16, 16), zeros(1, 4, 2, 2))), StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_configs_name_the_value()
    {
        Assert.Contains("it must be at least 1 and a multiple of the 32 groups of a normalisation", Refusal(() => AutoencoderModel.Create(SmallModels.Kl with { NormGroups = 32 }, 1)), StringComparison.Ordinal);
        Assert.Contains("LatentScale is 0", Refusal(() => AutoencoderModel.Create(SmallModels.Kl with { LatentScale = 0 }, 1)), StringComparison.Ordinal);
        Assert.Contains("BottleneckChannels is 5; without LatentConvolutions it must equal LatentChannels (4).", Refusal(() => AutoencoderModel.Create(SmallModels.Kl with { LatentConvolutions = false, BottleneckChannels = 5 }, 1)), StringComparison.Ordinal);
        Assert.Contains("CodebookSize is 0", Refusal(() => AutoencoderModel.Create(SmallModels.Vq with { CodebookSize = 0 }, 1)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("encoder.down.1.block.0.conv1", "encoding")]
    [InlineData("decoder.up.0.block.1.norm2", "decoding")]
    public void A_non_finite_result_names_the_first_module_that_produced_it(string module, string doing)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create("kl");
        using (no_grad())
            model.Network.state_dict()[$"{module}.weight"].fill_(Real(float.NaN));

        var error = Assert.Throws<NonFiniteException>(() => model.Reconstruct(SmallModels.Images(1, 16, 16)));

        Assert.Equal(module, error.Module);
        Assert.StartsWith($"While {doing}, the module '{module}' was the first to output NaN or infinity for finite input.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Non_finite_input_is_reported_as_such()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create("kl");

        var error = Assert.Throws<NonFiniteException>(() => model.Encode(full([1, 3, 16, 16], Real(float.PositiveInfinity))));

        Assert.Null(error.Module);
        Assert.Contains("contains NaN or infinity", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_leaks_no_hooks_and_no_tensors()
    {
        using var model = SmallModels.Create("kl");
        using var images = SmallModels.Images(1, 16, 16);
        using var broken = full([1, 3, 16, 16], Real(float.NaN));
        model.Encode(images).Dispose();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        Assert.Throws<NonFiniteException>(() => model.Encode(broken));
        model.Encode(images).Dispose();

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private static string Refusal(Action call) => Assert.ThrowsAny<ArgumentException>(call).Message;
}
