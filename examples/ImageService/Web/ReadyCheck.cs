using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageService.Web;

/// <summary>The service is ready when its model is open.</summary>
internal sealed class ReadyCheck(ServedModel served) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(served.IsOpen ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The model is being opened."));
}
