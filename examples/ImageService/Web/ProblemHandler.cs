using Microsoft.AspNetCore.Diagnostics;

namespace ImageService.Web;

/// <summary>Turns exceptions of endpoints into problem details; only failures of the service itself are logged as errors.</summary>
internal sealed class ProblemHandler(Problems problems, ILogger<ProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var problem = Problems.Of(exception);
        if (problem.Status == StatusCodes.Status500InternalServerError)
            logger.LogError(exception, "{Method} {Path} failed.", httpContext.Request.Method, httpContext.Request.Path);
        await problems.Send(httpContext, problem);
        return true;
    }
}
