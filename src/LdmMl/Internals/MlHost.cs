using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace LdmMl.Internals;

/// <summary>The settings of the MLContext that components read.</summary>
internal static class MlHost
{
    /// <summary>Gets the environment behind a catalog.</summary>
    public static IHostEnvironment EnvironmentOf(TransformsCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return CatalogUtils.GetEnvironment(catalog);
    }

    /// <summary>Throws if the MLContext is cancelled; AutoML cancels it when its time is up.</summary>
    /// <exception cref="OperationCanceledException">It is cancelled.</exception>
    public static void ThrowIfCanceled(IHostEnvironment environment)
    {
        if (environment is ICancelable { IsCanceled: true })
            throw new OperationCanceledException("The operation was canceled through its MLContext.");
    }

    /// <summary>Gets the GPU set in the MLContext, or null.</summary>
    public static int? GpuDeviceId(IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.GpuDeviceId;

    /// <summary>Gets whether the MLContext allows falling back to the CPU when the GPU cannot be used.</summary>
    public static bool FallbackToCpu(IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.FallbackToCpu ?? false;

    /// <summary>Gets the seed of the MLContext, or null.</summary>
    public static int? Seed(IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.Seed;
}
