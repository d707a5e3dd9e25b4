using System.Runtime.Intrinsics;

namespace LdmMl.Torch.Kernels;

/// <summary>
/// A step of Adam in one pass over the memory; written with tensor operations it takes about ten, each as slow as this one.
/// </summary>
internal static unsafe class AdamKernel
{
    /// <summary>Added to the root of the mean squared gradient, as in PyTorch.</summary>
    public const float Epsilon = 1e-8f;

    /// <summary>Updates weights and both moments. Each element is computed independently.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="means">The mean gradients.</param>
    /// <param name="squares">The mean squared gradients.</param>
    /// <param name="count">The number of elements of each.</param>
    /// <param name="with">The coefficients of the step.</param>
    public static void Step(float* weights, float* gradients, float* means, float* squares, long count, AdamCoefficients with)
    {
        long i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var gradient = Vector256.Load(gradients + i) * with.GradientFactor;
            var mean = (Vector256.Load(means + i) * with.Beta1) + (gradient * with.OneMinusBeta1);
            var square = (Vector256.Load(squares + i) * with.Beta2) + (gradient * gradient * with.OneMinusBeta2);
            var scale = (Vector256.Sqrt(square) / with.SquareRootOfBias) + Vector256.Create(Epsilon);
            mean.Store(means + i);
            square.Store(squares + i);
            ((Vector256.Load(weights + i) * with.WeightFactor) - (mean / scale * with.StepSize)).Store(weights + i);
        }

        for (; i < count; i++)
        {
            var gradient = gradients[i] * with.GradientFactor;
            means[i] = (means[i] * with.Beta1) + (gradient * with.OneMinusBeta1);
            squares[i] = (squares[i] * with.Beta2) + (gradient * gradient * with.OneMinusBeta2);
            var scale = (MathF.Sqrt(squares[i]) / with.SquareRootOfBias) + Epsilon;
            weights[i] = (weights[i] * with.WeightFactor) - (means[i] / scale * with.StepSize);
        }
    }
}
