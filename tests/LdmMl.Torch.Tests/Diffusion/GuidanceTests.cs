using LdmMl.Torch.Diffusion;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Diffusion;

public class GuidanceTests
{
    [Theory]
    [InlineData(0.7)]
    [InlineData(1)]
    public void Rescaling_does_not_change_a_constant_prediction(double rescale)
    {
        using var scope = NewDisposeScope();
        // The first row is constant; the guided prediction of the second is 0 although the conditional one is not; the third is an ordinary one.
        var unconditional = stack([full([1, 2, 2], Real(1f)), Ramp(3), Ramp(-1)]);
        var conditional = stack([full([1, 2, 2], Real(2f)), Ramp(2), Ramp(2)]);
        var guided = Guidance.Combine((_, _, condition) => condition.alias(), unconditional, conditional, scale: 3, rescale);

        var rescaled = guided(zeros(3, 1, 2, 2), zeros(3));

        Assert.Equal([4, 4, 4, 4], rescaled[0].data<float>().ToArray());
        Assert.Equal([0, 0, 0, 0], rescaled[1].data<float>().ToArray());
        Assert.Equal((24 * (1 - rescale)) + (6 * rescale), rescaled[2].max().item<float>() - rescaled[2].min().item<float>(), 1e-5);
    }

    private static Tensor Ramp(float slope) => tensor([0, slope, 2 * slope, 3 * slope]).reshape(1, 2, 2);
}
