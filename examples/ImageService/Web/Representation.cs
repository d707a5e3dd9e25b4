using Microsoft.Net.Http.Headers;

namespace ImageService.Web;

/// <summary>Chooses the media type of an answer from the client's <c>Accept</c>.</summary>
internal static class Representation
{
    public const string Png = "image/png";
    public const string Json = "application/json";
    public const string Events = "text/event-stream";

    /// <summary>Returns the offered type that the client likes best; the first one if it has no preference.</summary>
    /// <param name="request">The request.</param>
    /// <param name="offered">What can be sent, in order of preference.</param>
    /// <exception cref="BadHttpRequestException">The client accepts none of them.</exception>
    public static string Choose(HttpRequest request, params string[] offered)
    {
        var accepted = request.GetTypedHeaders().Accept;
        if (accepted.Count == 0)
            return offered[0];
        var best = offered.Select(type => (Type: type, Quality: QualityOf(type, accepted))).MaxBy(choice => choice.Quality);
        return best.Quality > 0
            ? best.Type
            : throw new BadHttpRequestException(
                $"The answer can be {string.Join(" or ", offered)}; the header Accept allows none.", StatusCodes.Status406NotAcceptable);
    }

    // The most specific range decides, as in RFC 9110, section 12.5.1.
    private static double QualityOf(string type, IList<MediaTypeHeaderValue> accepted)
    {
        var offered = new MediaTypeHeaderValue(type);
        var range = accepted.Where(offered.IsSubsetOf).MinBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0);
        return range is null ? 0 : range.Quality ?? 1;
    }
}
