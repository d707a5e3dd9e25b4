using System.Numerics;

namespace LdmMl.Torch.Metrics;

/// <summary>Contrast and structure, without the comparison of means (Wang et al. 2003, eq. 2 times eq. 3).</summary>
internal readonly struct SsimContrast : ISsimFormula
{
    public static Vector<double> Of(
        Vector<double> product, Vector<double> squares, Vector<double> covariance, Vector<double> variances, Vector<double> c1, Vector<double> c2) =>
        ((covariance + covariance) + c2) / (variances + c2);
}
