using LdmMl.Torch.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Fréchet and kernel distances of two sets of features as pytorch-fid and torchmetrics compute them.</summary>
internal static class FeatureMetrics
{
    // The tolerance in the case's description for singular covariances: the reference's square root is off by 1e-7 there, and the distance of
    // features to themselves is 0 here.
    private const double SingularTolerance = 1e-6;

    public static void Check(GoldenCase golden)
    {
        var (real, generated) = (golden.Inputs["features_real"], golden.Inputs["features_fake"]);
        Assert.Equal([golden.Settings.Int("n_real"), golden.Settings.Int("dims")], real.shape);
        Assert.Equal([golden.Settings.Int("n_fake"), golden.Settings.Int("dims")], generated.shape);
        CheckFrechet(golden, real, generated);
        CheckKernels(golden, real, generated);
    }

    private static void CheckFrechet(GoldenCase golden, Tensor real, Tensor generated)
    {
        var (first, second) = (Statistics(real), Statistics(generated));
        var dimensions = first.Dimensions;
        golden.Check("mu1", tensor(first.Mean()));
        golden.Check("mu2", tensor(second.Mean()));
        golden.Check("sigma1", tensor(first.Covariance()).reshape(dimensions, dimensions));
        golden.Check("sigma2", tensor(second.Covariance()).reshape(dimensions, dimensions));
        var distance = first.FrechetDistance(second).Distance;
        golden.Check("fid", distance);
        golden.Check("fid_by_eigenvalues", distance);
        var singular = golden.Settings.Flag("singular", false);
        golden.Check("fid_self", first.FrechetDistance(Statistics(real)).Distance, singular ? SingularTolerance : 0);
    }

    private static void CheckKernels(GoldenCase golden, Tensor real, Tensor generated)
    {
        var count = Math.Min(real.shape[0], generated.shape[0]);
        var (first, second) = (Sample(real.narrow(0, 0, count)), Sample(generated.narrow(0, 0, count)));
        var cubic = KernelDistance.Unbiased(first, second);
        golden.Check("kid_poly_mmd_first_n", cubic);

        // The reference is defined for equal counts only.
        golden.Check("kid_poly_mmd_full_cubic", real.shape[0] == generated.shape[0] ? cubic : double.NaN);
        golden.Check("kid_deg2_gamma", KernelDistance.Unbiased(first, second, new() { Degree = 2, Gamma = 0.01, Coefficient = 0.5 }));
    }

    private static FrechetStatistics Statistics(Tensor features)
    {
        var statistics = new FrechetStatistics((int)features.shape[1]);
        statistics.Add(features);
        return statistics;
    }

    private static FeatureSample Sample(Tensor features)
    {
        var sample = new FeatureSample((int)features.shape[1]);
        sample.Add(features);
        return sample;
    }
}
