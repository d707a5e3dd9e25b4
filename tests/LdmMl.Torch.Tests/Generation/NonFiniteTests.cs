using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>Black images have a cause, and the error names it.</summary>
public class NonFiniteTests
{
    [Theory]
    [InlineData("middle_block.0.in_layers.2.weight", "unet.middle_block.0.in_layers.2")]
    [InlineData("time_embed.0.weight", "unet.time_embed.0")]
    public void NaN_names_the_module_that_produced_it(string parameter, string module)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        using (no_grad())
            model.Network.state_dict()[parameter].fill_(Real(float.PositiveInfinity));

        var error = Assert.Throws<NonFiniteException>(() => model.Generate(new GenerationBatch { Seeds = [1, 2] }));

        Assert.Equal(module, error.Module);
        Assert.Equal(
            $"While sampling, the module '{module}' was the first to output NaN or infinity for finite input. "
                + "Check the checkpoint and the range of the input.",
            error.Message);
    }

    [Fact]
    public void NaN_in_the_first_stage_names_its_module()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        using (no_grad())
            model.Autoencoder.Network.state_dict()["decoder.conv_in.weight"].fill_(Real(float.NaN));

        Assert.Equal("decoder.conv_in", Assert.Throws<NonFiniteException>(() => model.Generate(new GenerationBatch { Seeds = [1, 2] })).Module);
    }
}
