using System.Net;
using System.Net.Http.Headers;

namespace LdmMl.Torch.Checkpoints.Published.Downloads;

/// <summary>Requests a file, or the rest of one, and follows redirects, but never from https to http.</summary>
internal sealed class DownloadClient : IDisposable
{
    private readonly HttpClient client;
    private readonly DownloadSettings settings;

    public DownloadClient(DownloadSettings settings)
    {
        this.settings = settings;
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = settings.Stall })
        {
            Timeout = Timeout.InfiniteTimeSpan,   // no overall timeout, since large files take long; a stalled connection is closed by the download
        };
        var version = typeof(DownloadClient).Assembly.GetName().Version!.ToString(3);
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("ldmml", version));
    }

    /// <summary>Sends the request and returns the response once its headers are read.</summary>
    /// <param name="address">The address.</param>
    /// <param name="start">The first requested byte.</param>
    /// <param name="validator">The version that <paramref name="start"/> belongs to; if it has changed, the whole file is sent.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="DownloadFailure">There is no response, or an unusable one.</exception>
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
