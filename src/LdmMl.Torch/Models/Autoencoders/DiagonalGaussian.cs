using LdmMl.Torch.Arguments;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>
/// Independent Gaussians, one for each latent value: the output of a KL autoencoder's encoder for an image.
/// Owns its tensors; gradients flow through them.
/// </summary>
public sealed class DiagonalGaussian : IDisposable
{
    /// <summary>The range to which the log variance is clamped, as in the reference.</summary>
    private const double MinimumLogVariance = -30.0;
    private const double MaximumLogVariance = 20.0;

    private readonly bool deterministic;

    /// <summary>Splits moments into mean and log variance, and clamps the log variance to [-30, 20].</summary>
    /// <param name="moments">Mean and log variance, concatenated: [B, 2c, h, w]; still owned by the caller.</param>
    /// <param name="deterministic">Whether all of each Gaussian's mass lies on its mean: deviation, variance, divergence and likelihood are 0
    /// then.</param>
    /// <exception cref="ArgumentException">The moments cannot be split in two along dimension 1.</exception>
    public DiagonalGaussian(Tensor moments, bool deterministic = false)
    {
        ArgumentNullException.ThrowIfNull(moments);
        if (moments.dim() != 4 || moments.shape[1] % 2 != 0)
            throw new ArgumentException($"Expected moments [B, 2c, h, w], got {moments.ShapeText()}.", nameof(moments));

        this.deterministic = deterministic;
        using var scope = NewDisposeScope();
        var halves = moments.chunk(2, dim: 1);                   // 2 x [B, c, h, w]
        Mean = halves[0];
        LogVariance = halves[1].clamp(Real(MinimumLogVariance), Real(MaximumLogVariance));
        StandardDeviation = deterministic ? zeros_like(Mean) : (LogVariance * Real(0.5)).exp_();
        Variance = deterministic ? zeros_like(Mean) : LogVariance.exp();
        Detach(scope);
    }

    /// <summary>Gets the means [B, c, h, w].</summary>
    public Tensor Mean { get; }

    /// <summary>Gets the clamped logarithms of the variances [B, c, h, w].</summary>
    public Tensor LogVariance { get; }

    /// <summary>Gets the standard deviations [B, c, h, w].</summary>
    public Tensor StandardDeviation { get; }

    /// <summary>Gets the variances [B, c, h, w].</summary>
    public Tensor Variance { get; }

    /// <summary>Gets the most likely latents [B, c, h, w]: <see cref="Mean"/> itself, which this object disposes.</summary>
    public Tensor Mode => Mean;

    /// <summary>Samples latents: mean + deviation * noise.</summary>
    /// <param name="noise">Standard normal noise [B, c, h, w].</param>
    /// <returns>Latents [B, c, h, w]. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The noise does not have the shape of the latents.</exception>
    public Tensor Sample(Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(noise);
        if (!noise.shape.SequenceEqual(Mean.shape))
        {
            throw new ArgumentException(
                $"The noise is {noise.ShapeText()}, the latents are {Mean.ShapeText()}; they must be the same.",
                nameof(noise));
        }

        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Mean.Plus(StandardDeviation * noise));
    }

    /// <summary>The Kullback-Leibler divergence of these Gaussians from others, summed over each image.</summary>
    /// <param name="other">The others; null for standard normal ones.</param>
    /// <returns>Divergences [B] in nats; a single 0 [1] when deterministic. The caller disposes them.</returns>
    public Tensor KullbackLeibler(DiagonalGaussian? other = null)
    {
        if (deterministic)
            return zeros(1, device: Mean.device);
        using var scope = NewDisposeScope();
        var terms = other is null
            ? Mean.pow(Whole(2)).Plus(Variance) - Real(1) - LogVariance
            : (((Mean - other.Mean).pow(Whole(2)) / other.Variance).Plus(Variance / other.Variance) - Real(1) - LogVariance).Plus(other.LogVariance);
        return scope.MoveToOuter(terms.sum([1, 2, 3]) * Real(0.5));    // [B]
    }

    /// <summary>The mean divergence of each channel's values from the standard normal.</summary>
    /// <returns>Divergences [c] in nats for each value. The caller disposes them.</returns>
    internal Tensor KullbackLeiblerByChannel()
    {
        using var scope = NewDisposeScope();
        var terms = Mean.pow(Whole(2)).Plus(Variance) - Real(1) - LogVariance;
        return scope.MoveToOuter(terms.mean([0, 2, 3]) * Real(0.5));
    }

    /// <summary>The negative logarithm of the density at given latents, summed over dimensions.</summary>
    /// <param name="latents">Latents [B, c, h, w].</param>
    /// <param name="dimensions">The dimensions to sum over; c, h and w unless given.</param>
    /// <returns>Values in nats, [B] unless dimensions are given; a single 0 [1] when deterministic. The caller disposes them.</returns>
    public Tensor NegativeLogLikelihood(Tensor latents, params long[] dimensions)
    {
        ArgumentNullException.ThrowIfNull(latents);
        ArgumentNullException.ThrowIfNull(dimensions);
        if (deterministic)
            return zeros(1, device: Mean.device);
        using var scope = NewDisposeScope();
        var terms = (Real(Math.Log(2.0 * Math.PI)) + LogVariance).Plus((latents - Mean).pow(Whole(2)) / Variance);
        return scope.MoveToOuter(terms.sum(dimensions.Length == 0 ? [1, 2, 3] : dimensions) * Real(0.5));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        LogVariance.Dispose();
        StandardDeviation.Dispose();
        Variance.Dispose();
    }

    private void Detach(DisposeScope scope)
    {
        foreach (var tensor in new[] { Mean, LogVariance, StandardDeviation, Variance })
            scope.Detach(tensor);
    }
}
