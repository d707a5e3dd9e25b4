using System.Net;
using System.Net.Http.Headers;

namespace LdmMl.Torch.Checkpoints.Published.Downloads;

/// <summary>What the headers of a response say about its content.</summary>
internal static class DownloadResponse
{
    /// <summary>Returns the position in the file at which the content begins.</summary>
    /// <param name="response">The response.</param>
    /// <param name="file">The requested file.</param>
    /// <param name="part">The part received so far.</param>
    /// <exception cref="DownloadFailure">The response holds no part of the file.</exception>
    public static long Start(HttpResponseMessage response, PublishedFile file, PartFile part)
    {
        var start = response.StatusCode switch
        {
            HttpStatusCode.OK => 0,
            HttpStatusCode.PartialContent when Continues(response, part) => part.Length,
            HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable => throw StartOver(part),
            _ => throw Refusal(response),
        };
        if (response.Content.Headers.ContentLength is { } length && start + length != file.Length)
        {
            throw new DownloadFailure(
                $"{response.RequestMessage!.RequestUri} gives {start + length:N0} bytes instead of {file.Length:N0}{Kind(response)}",
                canBeTriedAgain: false);
        }
        return start;
    }

    /// <summary>Returns the version of the content: a strong ETag, or else the date of the last change.</summary>
    public static RangeConditionHeaderValue? Validator(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } tag ? new(tag)
        : response.Content.Headers.LastModified is { } date ? new(date)
        : null;

    // The server may send another range of the file, or the rest of another version, whatever was requested.
    private static bool Continues(HttpResponseMessage response, PartFile part) =>
        response.Content.Headers.ContentRange is { From: { } from } && from == part.Length
        && (part.Validator()?.EntityTag is not { } known || response.Headers.ETag is not { } tag || tag.Equals(known));

    private static DownloadFailure StartOver(PartFile part)
    {
        part.Continue(0, null);
        return new("the server has no rest that fits what arrived before", canBeTriedAgain: true) { Wait = TimeSpan.Zero };
    }

    private static DownloadFailure Refusal(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var again = status >= 500 || response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;
        return new($"{response.RequestMessage!.RequestUri} answers {status} ({response.ReasonPhrase})", again)
        {
            Wait = response.Headers.RetryAfter?.Delta,
        };
    }

    // A captive portal answers with status 200 as well.
    private static string Kind(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType is { } type && type.StartsWith("text/html", StringComparison.Ordinal)
            ? ", as HTML: perhaps a page of your network"
            : "";
}
