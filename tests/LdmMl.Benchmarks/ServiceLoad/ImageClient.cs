using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;

namespace LdmMl.Benchmarks.ServiceLoad;

/// <summary>Asks for images, and remembers of each order which bytes it gave first: later ones must be the same.</summary>
/// <param name="address">The service.</param>
/// <param name="steps">The steps of every image.</param>
internal sealed class ImageClient(Uri address, int steps) : IDisposable
{
    private const int Orders = 64;
    private static readonly string[] Labels = ["Flags", "People & Body", "Smileys & Emotion"];

    private readonly HttpClient client = new(new SocketsHttpHandler()) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) };
    private readonly ConcurrentDictionary<int, string> hashes = new();
    private readonly ConcurrentDictionary<HttpStatusCode, int> statuses = new();
    private readonly ConcurrentQueue<double> seconds = new();
    private int changed;

    /// <summary>Gets how many answers had other bytes than the first one to the same order.</summary>
    public int Changed => changed;

    /// <summary>Gets how many answers had each status.</summary>
    public IReadOnlyDictionary<HttpStatusCode, int> Statuses => statuses;

    /// <summary>Gets the times of the finished images in seconds, ascending.</summary>
    public double[] Seconds => [.. seconds.Order()];

    /// <summary>Asks for an image once.</summary>
    /// <param name="number">Which of a few orders; any number.</param>
    /// <param name="cancellation">Leaves before the answer.</param>
    /// <returns>How long to wait before the next request, if the service is full.</returns>
    public async Task<TimeSpan?> Draw(int number, CancellationToken cancellation = default)
    {
        var order = number % Orders;
        var started = Stopwatch.GetTimestamp();
        var asked = new { label = Labels[order % Labels.Length], seed = order, steps };
        using var response = await client.PostAsJsonAsync("/images", asked, cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        statuses.AddOrUpdate(response.StatusCode, 1, (_, count) => count + 1);
        if (response.StatusCode != HttpStatusCode.OK)
            return response.Headers.RetryAfter?.Delta;
        seconds.Enqueue(Stopwatch.GetElapsedTime(started).TotalSeconds);
        var hash = Convert.ToHexString(SHA256.HashData(body));
        if (hashes.GetOrAdd(order, hash) != hash)
            Interlocked.Increment(ref changed);
        return null;
    }

    /// <summary>Asks for images from several clients at a time, each after its last.</summary>
    /// <returns>The images per second.</returns>
    public async Task<double> DrawMany(int clients, int images)
    {
        var next = 0;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            for (int number; (number = Interlocked.Increment(ref next)) <= images;)
                await Draw(number);
        }));
        return images / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Describes the answers so far.</summary>
    public override string ToString() =>
        $"{string.Join(", ", statuses.OrderBy(status => status.Key).Select(status => $"{status.Value} x {(int)status.Key}"))}, {changed} changed";

    public void Dispose() => client.Dispose();
}
