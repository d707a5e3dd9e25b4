using System.Diagnostics;
using System.Net;

namespace LdmMl.Benchmarks.ServiceLoad;

/// <summary>
/// 200 clients at a time, more than may wait: each gets an image or is told when to come again, none is lost, and the same order gives the same
/// bytes.
/// </summary>
internal static class Crowd
{
    private const int Clients = 200, Capacity = 128;

    public static async Task<bool> Run(int steps, int seconds, TextWriter output)
    {
        using var service = await ServiceProcess.Start($"--Service:QueueCapacity={Capacity}");
        using var client = new ImageClient(service.Address, steps);
        var started = Stopwatch.GetTimestamp();
        var sent = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async number =>
        {
            while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
            {
                Interlocked.Increment(ref sent);
                if (await client.Draw(number += Clients) is { } pause)
                    await Task.Delay(pause);
            }
        }));
        var answered = client.Statuses.Values.Sum();
        await output.WriteLineAsync(
            $"{Clients} clients for {seconds} s, {Capacity} may wait: {sent} requests, {answered} answers: {client}; "
            + $"{client.Seconds.Length / (double)seconds:F1} images/s, p50 {1000 * client.Seconds[client.Seconds.Length / 2]:F0} ms; "
            + $"{service.ResidentMebibytes:F0} MiB resident");
        return service.IsAlive && answered == sent && client.Changed == 0
            && client.Statuses.Keys.All(status => status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests);
    }
}
