using System.Net;
using System.Net.Http.Headers;

namespace LdmMl.Torch.Checkpoints.Published.Downloads;

/// <summary>Asks for a file, or the rest of one, and follows redirects, but never from a protected connection to an open one.</summary>
internal sealed class DownloadClient : IDisposable
{
    private readonly HttpClient client;
    private readonly DownloadSettings settings;

    public DownloadClient(DownloadSettings settings)
    {
        this.settings = settings;
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = settings.Stall })
        {
            Timeout = Timeout.InfiniteTimeSpan,   // a large file takes as long as it takes; a connection that gives nothing is cut by the download
        };
        var version = typeof(DownloadClient).Assembly.GetName().Version!.ToString(3);
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("ldmml", version));
    }

    /// <summary>Sends the request and gives the answer's head; its content is still to be read.</summary>
    /// <param name="address">The address.</param>
    /// <param name="start">The first byte that is asked for.</param>
    /// <param name="validator">The version that <paramref name="start"/> belongs to; another version is to be sent whole.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="DownloadFailure">No answer, or one that is of no use.</exception>
    public async Task<HttpResponseMessage> SendAsync(Uri address, long start, RangeConditionHeaderValue? validator, CancellationToken cancellation)
    {
        for (var redirects = 0; redirects <= settings.Redirects; redirects++)
        {
            CheckProtected(address);
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (start > 0)
            {
                request.Headers.Range = new RangeHeaderValue(start, null);
                request.Headers.IfRange = validator;
            }
            var response = await SendAsync(request, address, cancellation).ConfigureAwait(false);
            if (NextAddress(response, address) is not { } next)
                return response;
            response.Dispose();
            address = next;
        }
        throw new DownloadFailure($"the server redirects more than {settings.Redirects} times, the last time to {address}", canBeTriedAgain: false);
    }

    public void Dispose() => client.Dispose();

    private static void CheckProtected(Uri address)
    {
        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            throw new DownloadFailure($"{address} is not an https address; files are not fetched over open connections", canBeTriedAgain: false);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Uri address, CancellationToken cancellation)
    {
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException error)
        {
            var again = error.HttpRequestError is not
                (HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError);
            var reason = (error.InnerException ?? error).Message.TrimEnd('.');
            throw new DownloadFailure($"{address.Authority} cannot be reached ({reason})", again, error);
        }
    }

    private static Uri? NextAddress(HttpResponseMessage response, Uri address)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
        {
            return null;
        }

        if (response.Headers.Location is { } location)
            return new Uri(address, location);
        response.Dispose();
        throw new DownloadFailure($"{address} redirects ({(int)response.StatusCode}) without saying where", canBeTriedAgain: false);
    }
}
