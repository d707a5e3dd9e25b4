using System.Numerics;

namespace LdmMl.Torch.Metrics;

/// <summary>A formula over the moments of a window.</summary>
internal interface ISsimFormula
{
    /// <summary>Computes the value of several windows at once.</summary>
    /// <param name="product">The product of the means.</param>
    /// <param name="squares">The sum of the squared means.</param>
    /// <param name="covariance">The covariance.</param>
    /// <param name="variances">The sum of the variances.</param>
    /// <param name="c1">The constant that stabilises the comparison of means.</param>
    /// <param name="c2">The constant that stabilises the comparison of variances.</param>
    static abstract Vector<double> Of(
        Vector<double> product, Vector<double> squares, Vector<double> covariance, Vector<double> variances, Vector<double> c1, Vector<double> c2);
}
