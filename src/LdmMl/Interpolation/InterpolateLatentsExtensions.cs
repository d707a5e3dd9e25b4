using LdmMl.Internals;
using Microsoft.ML;

namespace LdmMl;

/// <summary>Adds <c>InterpolateLatents</c> to <c>mlContext.Transforms</c>.</summary>
public static class InterpolateLatentsExtensions
{
    /// <summary>
    /// Appends the latent that lies between two, along the great circle through both (Shoemake 1985): images between two images, once decoded.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The latent column to append, of the same shape.</param>
    /// <param name="firstColumnName">The column of latents at fraction 0.</param>
    /// <param name="secondColumnName">The column of latents at fraction 1.</param>
    /// <param name="fraction">How far all rows go from the first to the second, from 0 to 1; the options can name a column instead.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">A name is empty, or the fraction is out of range.</exception>
    /// <remarks>
    /// At 0 and 1 the latents themselves come out. Where there is no one shortest arc (a latent of zeros, or latents that are parallel or
    /// opposite) the straight line takes its place. A missing latent, which holds NaN, gives a missing one.
    /// </remarks>
    public static InterpolateLatentsEstimator InterpolateLatents(
        this TransformsCatalog catalog, string outputColumnName, string firstColumnName, string secondColumnName, double fraction = 0.5) =>
        catalog.InterpolateLatents(new InterpolateLatentsOptions
        {
            OutputColumnName = outputColumnName, FirstColumnName = firstColumnName, SecondColumnName = secondColumnName, Fraction = fraction,
        });

    /// <summary>Appends the latent that lies between two, along the great circle through both (Shoemake 1985).</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">Columns; one fraction for all rows, or a column of them.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static InterpolateLatentsEstimator InterpolateLatents(this TransformsCatalog catalog, InterpolateLatentsOptions options) =>
        new(MlHost.EnvironmentOf(catalog), options);
}
