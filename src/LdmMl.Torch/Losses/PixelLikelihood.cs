using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>
/// The likelihood of the pixels: a Laplace or normal density around each one, with one variance for all of them, fixed or learned (CompVis
/// <c>logvar</c>); or plain means where the reference has no density.
/// </summary>
internal sealed class PixelLikelihood : IDisposable
{
    private readonly double initial;

    /// <summary>Creates a likelihood.</summary>
    /// <param name="reduction">The reduction of a batch's errors; means have no variance.</param>
    /// <param name="logVariance">The logarithm of the variance, or its initial value where it is learned.</param>
    /// <param name="isLearned">Whether it is a parameter for an optimiser.</param>
    /// <param name="device">Where the parameter lives.</param>
    public PixelLikelihood(LossReduction reduction, double logVariance = 0, bool isLearned = false, Device? device = null)
    {
        Reduction = reduction;
        initial = logVariance;
        if (!isLearned)
            return;
        Parameter = new Parameter(full([], Real(logVariance), dtype: ScalarType.Float32, device: device));
        Parameter.DetachFromDisposeScope();                      // it lives as long as this object
    }

    public LossReduction Reduction { get; }

    /// <summary>Gets the learned logarithm of the variance; null if it is fixed.</summary>
    public Parameter? Parameter { get; }

    /// <summary>Gets the current logarithm of the variance.</summary>
    public double LogVariance => Parameter is null ? initial : Parameter.Read<float>();

    /// <summary>Scales the mean error of each image's values, [B], to the error of all of them under the density, without its constant.</summary>
    public Tensor Scale(Tensor meanErrors, long valuesOfImage)
    {
        if (Reduction == LossReduction.Mean)
            return meanErrors.alias();
        using var scope = NewDisposeScope();
        var sum = meanErrors * Real(valuesOfImage);
        return scope.MoveToOuter(Parameter is null ? sum * Real(Math.Exp(-initial)) : sum / Parameter.exp());
    }

    /// <summary>Adds the constant of the density, which keeps a learned variance from growing.</summary>
    public Tensor AddConstant(Tensor scaled, long valuesOfImage)
    {
        if (Reduction == LossReduction.Mean)
            return scaled.alias();
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Parameter is null ? scaled + Real(initial * valuesOfImage) : scaled.Plus(Parameter * Real(valuesOfImage)));
    }

    public void Dispose() => Parameter?.Dispose();
}
