namespace LdmMl.Torch.Tests.GoldenRunners;

public class GeneratedTensorsTests
{
    [Fact]
    public void The_generator_gives_its_published_check_values()
    {
        float[] weights = [0.71151495f, 0.0528810024f, 0.278792858f, -0.814919472f, 0.550790906f, 0.970842481f];
        float[] inputs = [0.933722675f, 1.39248037f, 1.36162174f, 1.34995604f];

        Assert.Equal(weights, GeneratedTensors.Values("features.0.weight", 6, bound: 1, center: 0, seed: 0));
        Assert.Equal(inputs, GeneratedTensors.Values("x", 4, bound: 0.5, center: 1, seed: 7));
    }
}
