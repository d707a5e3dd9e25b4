using System.Diagnostics;
using System.Text.Json;
using ImageService.Queue;
using LdmMl;
using LdmMl.Torch.Arguments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace ImageService.Web;

/// <summary>
/// Answers for everything that goes wrong, as RFC 9457 problem details: one sentence that says what to do, never a stack trace or a path.
/// </summary>
internal sealed class Problems(Pace pace)
{
    private const int SecondsToStart = 2;

    /// <summary>Describes what went wrong.</summary>
    public static ProblemDetails Of(Exception error) => error switch
    {
        OptionException option => Of(StatusCodes.Status400BadRequest, option.Message),
        ImageFileException image => Of(StatusCodes.Status400BadRequest, image.Message),
        BadHttpRequestException request => Of(request.StatusCode, Sentence(request)),
        QueueFullException => Of(StatusCodes.Status429TooManyRequests, error.Message),
        NotReadyException => Of(StatusCodes.Status503ServiceUnavailable, error.Message),
        OperationCanceledException => Of(StatusCodes.Status503ServiceUnavailable, "The service is stopping; try again in a moment."),
        _ => Of(StatusCodes.Status500InternalServerError, "The request could not be computed; the log of the service says why."),
    };

    /// <summary>Describes a status without further reasons.</summary>
    public static ProblemDetails Of(int status, string? detail = null) => new()
    {
        Status = status,
        Title = ReasonPhrases.GetReasonPhrase(status),
        Detail = detail,
        Extensions = { ["traceId"] = Activity.Current?.TraceId.ToHexString() },
    };

    /// <summary>Sends a problem, whatever the client accepts.</summary>
    public Task Send(HttpContext context, ProblemDetails problem)
    {
        context.Response.StatusCode = problem.Status!.Value;
        if (problem.Status == StatusCodes.Status429TooManyRequests)
            context.Response.Headers.RetryAfter = $"{pace.RetryAfterSeconds}";
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = $"{SecondsToStart}";
        return context.Response.WriteAsJsonAsync(problem, options: null, contentType: "application/problem+json", CancellationToken.None);
    }

    private static string Sentence(BadHttpRequestException request) => request.InnerException is JsonException json
        ? $"The JSON cannot be read at {json.Path ?? "its beginning"}: it is malformed, or has a member that is unknown, twice, or of the wrong type."
        : request.Message;
}
