using LdmMl.Torch.Diffusion;

namespace LdmMl.Torch.Tests.Diffusion;

public class SigmaSpacingTests
{
    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.5, 0.5)]
    [InlineData(1.0, 1.0)]
    public void Quantiles_of_the_beta_distribution_are_exact_where_they_are_known(double share, double expected) =>
        Assert.Equal(expected, BetaDistribution.Quantile(share, 0.6), 1e-12);

    [Fact]
    public void Quantiles_of_the_uniform_and_the_arcsine_distribution_have_closed_forms()
    {
        for (var share = 0.01; share < 1; share += 0.01)
        {
            var sine = Math.Sin(Math.PI * share / 2);
            Assert.Equal(share, BetaDistribution.Quantile(share, 1), 1e-12);
            Assert.Equal(sine * sine, BetaDistribution.Quantile(share, 0.5), 1e-12);
        }
    }

    [Fact]
    public void Beta_sigmas_fall_from_the_largest_to_the_smallest_with_more_of_them_at_both_ends()
    {
        var sigmas = SigmaSpacing.Beta(11, 0.1, 10);

        Assert.Equal((10, 0.1, 0), (sigmas[0], sigmas[^2], sigmas[^1]));
        Assert.Equal(sigmas.OrderDescending(), sigmas);
        Assert.True(sigmas[0] - sigmas[1] < sigmas[5] - sigmas[6] && sigmas[9] - sigmas[10] < sigmas[4] - sigmas[5]);
    }
}
