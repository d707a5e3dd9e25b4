using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace LdmMl.Internals;

/// <summary>What a component asks of its MLContext.</summary>
internal static class MlHost
{
    /// <summary>Gets the environment behind a catalog.</summary>
    public static IHostEnvironment EnvironmentOf(TransformsCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return CatalogUtils.GetEnvironment(catalog);
    }

    /// <summary>Throws where the MLContext is cancelled, as AutoML does when its time is up.</summary>
    /// <exception cref="OperationCanceledException">It is cancelled.</exception>
    public static void ThrowIfCanceled(IHostEnvironment environment)
    {
        if (environment is ICancelable { IsCanceled: true })
            throw new OperationCanceledException("The operation was canceled through its MLContext.");
    }

    /// <summary>Gets the GPU that the MLContext names, or null.</summary>
    public static int? GpuDeviceId(IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.GpuDeviceId;

    /// <summary>Gets whether the MLContext allows the CPU in place of a GPU that cannot be used.</summary>
    public static bool FallbackToCpu(IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.FallbackToCpu ?? false;

    /// <summary>Gets the seed of the MLContext, or null.</summary>
    public static int? Seed(IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.Seed;
}
