using LdmMl.Internals;
using LdmMl.Rows;
using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>
/// Adds the transforms of LdmMl to <c>mlContext.Transforms</c>, and <c>mlContext.LatentDiffusion()</c> for training and evaluation.
/// </summary>
/// <remarks>
/// Every transform has a short form (the column to append, the model, then optional arguments) and one that takes the model and all options.
/// Estimators borrow their model: every transformer that is fitted opens a separate handle, and disposing the transformer releases it.
/// Images that a transform creates belong to the reader of the row. They can be kept as long as they are needed; disposing them frees their
/// memory at once, otherwise the garbage collector does.
/// </remarks>
public static partial class LdmMlCatalog
{
    /// <summary>Gets the catalog of trainers and evaluation.</summary>
    /// <param name="mlContext">The context.</param>
    /// <returns>The catalog.</returns>
    /// <example>
    /// <code>
    /// var trainer = mlContext.LatentDiffusion().Trainers.Autoencoder();
    /// using var trained = trainer.Fit(data);
    /// var metrics = mlContext.LatentDiffusion().EvaluateReconstruction(trained.Transform(data), "Image", "Reconstruction");
    /// </code>
    /// </example>
    public static LatentDiffusionCatalog LatentDiffusion(this MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        return new LatentDiffusionCatalog(mlContext);
    }

    private static RowEstimator Estimator(TransformsCatalog catalog, RowColumns columns, Func<IHostEnvironment, RowTransformer> create)
    {
        var environment = MlHost.EnvironmentOf(catalog);
        return new RowEstimator(columns, () => create(environment));
    }
}
