using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LdmMl.Testing;

/// <summary>A web server on this machine's loopback address that answers each request with the bytes of a script.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Func<LoopbackRequest, LoopbackAnswer> script;

    /// <summary>Starts a server.</summary>
    /// <param name="script">Returns the answer to a request; called for one request at a time.</param>
    public LoopbackServer(Func<LoopbackRequest, LoopbackAnswer> script)
    {
        this.script = script;
        listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        _ = Task.Run(ServeAsync);
    }

    public Uri Address { get; }

    public ConcurrentQueue<LoopbackRequest> Requests { get; } = new();

    public void Dispose()
    {
        end.Cancel();
        listener.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(end.Token);
                await AnswerAsync(client);
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The client has left, or the test is over.
            }
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        var stream = client.GetStream();
        if (await ReadAsync(stream) is not { } request)
            return;
        Requests.Enqueue(request);
        var answer = script(request with { Number = Requests.Count });
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer.Head), end.Token);
        await stream.WriteAsync(answer.Content, end.Token);
        if (answer.ThenNothing)
            _ = await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, end.Token);      // until the client gives up
    }

    private async Task<LoopbackRequest?> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAtLeastAsync(one, 1, throwOnEndOfStream: false, end.Token) == 0)
                return null;
            head.Append((char)one[0]);
        }
        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return new(0, lines[0].Split(' ')[1], headers.GetValueOrDefault("Range"), headers.GetValueOrDefault("If-Range"));
    }
}

/// <summary>A client's request.</summary>
internal sealed record LoopbackRequest(int Number, string Path, string? Range, string? IfRange)
{
    /// <summary>Gets the first byte that is requested.</summary>
    public int Start => Range is null ? 0 : int.Parse(Range["bytes=".Length..^1]);
}

/// <summary>A server's answer, and whether it then falls silent instead of closing the connection.</summary>
internal sealed record LoopbackAnswer(string Head, byte[] Content, bool ThenNothing = false)
{
    /// <summary>A whole file, or the part that is sent before the connection is cut.</summary>
    public static LoopbackAnswer Whole(byte[] content, int? cutAfter = null, string headers = "") =>
        new($"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\n{headers}Connection: close\r\n\r\n", content[..(cutAfter ?? content.Length)]);

    /// <summary>The rest of a file from a position on, or the part that is sent before the connection is cut.</summary>
    public static LoopbackAnswer Rest(byte[] content, int start, int? cutAfter = null, string headers = "") => new(
        $"HTTP/1.1 206 Partial Content\r\nContent-Length: {content.Length - start}\r\n" +
        $"Content-Range: bytes {start}-{content.Length - 1}/{content.Length}\r\n{headers}Connection: close\r\n\r\n",
        content[start..(cutAfter is { } count ? start + count : content.Length)]);

    public static LoopbackAnswer Redirect(string location, int status = 302) =>
        new($"HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", []);

    public static LoopbackAnswer Status(string status, string headers = "") =>
        new($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n{headers}Connection: close\r\n\r\n", []);
}
