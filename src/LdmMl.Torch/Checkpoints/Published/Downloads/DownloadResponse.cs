using System.Net;
using System.Net.Http.Headers;

namespace LdmMl.Torch.Checkpoints.Published.Downloads;

/// <summary>What an answer's head says about the content that follows.</summary>
internal static class DownloadResponse
{
    /// <summary>Gives the position in the file at which the content begins.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="file">The file that was asked for.</param>
    /// <param name="part">What has arrived of it.</param>
    /// <exception cref="DownloadFailure">The answer holds nothing of the file.</exception>
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

    /// <summary>Gives the version of the content: a strong ETag, or else the date of the last change.</summary>
    public static RangeConditionHeaderValue? Validator(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } tag ? new(tag)
        : response.Content.Headers.LastModified is { } date ? new(date)
        : null;

    // The server may send another place of the file, or a rest of another version of it, whatever it was asked for.
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

    // The page with which a hotel or a company greets its network comes with 200 as well.
    private static string Kind(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType is { } type && type.StartsWith("text/html", StringComparison.Ordinal)
            ? ", as HTML: perhaps a page of your network"
            : "";
}
