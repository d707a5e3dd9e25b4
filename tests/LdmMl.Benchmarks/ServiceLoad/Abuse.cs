using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LdmMl.Benchmarks.ServiceLoad;

/// <summary>
/// Clients who leave at random moments, and bodies that are broken in random ways, while another client asks for images as usual: the service answers
/// none with 500, and the usual client gets every image, with the same bytes.
/// </summary>
internal static class Abuse
{
    private const int AtOnce = 32;

    private static readonly (string Address, string Type, string Body)[] Broken =
    [
        ("/images", "application/json", """{"label":"Flags","seed":7,"steps":2,"guidanceScale":2,"previews":1}"""),
        ("/score", "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"reference\"; filename=\"a\"\r\n\r\nabc\r\n--x--\r\n"),
        ("/reconstruct", "image/png", "\u0089PNG\r\n\u001A\n\0\0\0\rIHDR\0\0\u0010\0\0\0\u0010\0\b\u0002\0\0\0"),
    ];

    public static async Task<bool> Run(int steps, int requests, TextWriter output)
    {
        using var service = await ServiceProcess.Start();
        using var usual = new ImageClient(service.Address, steps);
        using var leaving = new ImageClient(service.Address, steps: 25);
        using var client = new HttpClient { BaseAddress = service.Address };
        using var end = new CancellationTokenSource();
        var usually = DrawUntil(usual, end.Token);

        var left = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, requests), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
        {
            if (await Leave(leaving, number))
                Interlocked.Increment(ref left);
        });
        await output.WriteLineAsync($"{requests} requests, of which {left} left before the answer; answers to the others: {leaving}");

        var statuses = new Dictionary<string, int>();
        for (var number = 0; number < requests; number++)
        {
            var status = number % 2 == 0 ? await SendBroken(client, number) : await SendGarbage(service.Address, number);
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
        }

        var listed = statuses.OrderBy(status => status.Key, StringComparer.Ordinal).Select(status => $"{status.Value} x {status.Key}");
        await output.WriteLineAsync($"{requests} broken bodies: {string.Join(", ", listed)}");
        await end.CancelAsync();
        await usually;
        await output.WriteLineAsync($"The usual client meanwhile: {usual}; {service.ResidentMebibytes:F0} MiB resident");
        return service.IsAlive && usual.Changed == 0 && usual.Statuses.Keys.SequenceEqual([HttpStatusCode.OK])
            && !statuses.Keys.Concat(leaving.Statuses.Keys.Select(status => $"{(int)status}")).Any(status => status.StartsWith('5'));
    }

    private static async Task DrawUntil(ImageClient client, CancellationToken end)
    {
        for (var number = 0; !end.IsCancellationRequested; number++)
            await client.Draw(number, CancellationToken.None);
    }

    private static async Task<bool> Leave(ImageClient client, int number)
    {
        using var leaves = new CancellationTokenSource(new Random(number).Next(0, 2000));
        try
        {
            await client.Draw(number, leaves.Token);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    // A body of the right kind, in which a few bytes are changed, or whose end is missing.
    private static async Task<string> SendBroken(HttpClient client, int number)
    {
        var random = new Random(number);
        var (address, type, body) = Broken[random.Next(Broken.Length)];
        var bytes = Encoding.Latin1.GetBytes(body);
        for (var change = random.Next(0, 4); change >= 0; change--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        using var content = new ByteArrayContent(bytes[..random.Next(bytes.Length / 2, bytes.Length + 1)]);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await client.PostAsync(address, content);
        return $"{(int)response.StatusCode}";
    }

    // Not even HTTP, or HTTP that promises more than it sends.
    private static async Task<string> SendGarbage(Uri address, int number)
    {
        var random = new Random(number);
        var head = random.Next(3) switch
        {
            0 => $"POST /images HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{{\"label\":",
            1 => $"POST /score HTTP/1.1\r\nHost: {address.Authority}\r\nTransfer-Encoding: chunked\r\n"
                + "Content-Type: multipart/form-data; boundary=x\r\n\r\nZZ\r\n",
            _ => Encoding.Latin1.GetString([.. Enumerable.Range(0, 200).Select(_ => (byte)random.Next(256))]) + "\r\n\r\n",
        };
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head));
        socket.Client.Shutdown(SocketShutdown.Send);
        try
        {
            var answer = new byte[12];
            await stream.ReadExactlyAsync(answer);
            return Encoding.ASCII.GetString(answer)[9..];
        }
        catch (IOException)
        {
            return "connection closed";
        }
    }
}
