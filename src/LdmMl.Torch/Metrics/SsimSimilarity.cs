using System.Numerics;

namespace LdmMl.Torch.Metrics;

/// <summary>Structural similarity (Wang et al. 2004, eq. 13).</summary>
internal readonly struct SsimSimilarity : ISsimFormula
{
    public static Vector<double> Of(
        Vector<double> product, Vector<double> squares, Vector<double> covariance, Vector<double> variances, Vector<double> c1, Vector<double> c2) =>
        ((product + product) + c1) * ((covariance + covariance) + c2) / ((squares + c1) * (variances + c2));
}
