namespace LdmMl.Torch.Kernels;

/// <summary>
/// The coefficients of one step of Adam (Kingma and Ba 2015, algorithm 1) with decoupled weight decay (Loshchilov and Hutter 2019).
/// </summary>
internal sealed class AdamCoefficients
{
    /// <summary>Computes them in double precision, as PyTorch does.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <param name="beta1">Decay of the mean gradient.</param>
    /// <param name="beta2">Decay of the mean squared gradient.</param>
    /// <param name="weightDecay">Decoupled weight decay.</param>
    /// <param name="step">The step, from 1.</param>
    /// <param name="gradientFactor">The factor by which gradients are scaled first.</param>
    public AdamCoefficients(double rate, double beta1, double beta2, double weightDecay, int step, double gradientFactor)
    {
        (Beta1, Beta2, GradientFactor) = ((float)beta1, (float)beta2, (float)gradientFactor);
        (OneMinusBeta1, OneMinusBeta2) = ((float)(1 - beta1), (float)(1 - beta2));
        WeightFactor = (float)(1 - (rate * weightDecay));
        StepSize = (float)(rate / (1 - Math.Pow(beta1, step)));
        SquareRootOfBias = (float)Math.Sqrt(1 - Math.Pow(beta2, step));
    }

    public float GradientFactor { get; }

    public float Beta1 { get; }

    public float OneMinusBeta1 { get; }

    public float Beta2 { get; }

    public float OneMinusBeta2 { get; }

    public float WeightFactor { get; }

    public float StepSize { get; }

    public float SquareRootOfBias { get; }
}
