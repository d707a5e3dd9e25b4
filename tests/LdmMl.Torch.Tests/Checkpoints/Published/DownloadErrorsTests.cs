using System.Net;
using System.Net.Sockets;
using LdmMl.Torch.Checkpoints.Published;

namespace LdmMl.Torch.Tests.Checkpoints.Published;

public class DownloadErrorsTests
{
    [Fact]
    public async Task A_corrupt_file_is_deleted_and_named()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request =>
        {
            var damaged = sample.Content.ToArray();
            damaged[150_000] ^= 1;
            return LoopbackAnswer.Whole(damaged);
        });

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => sample.RunAsync());

        Assert.Matches(
            "^What http://127.0.0.1:[0-9]+/sample-file.pth gives is not the published 'sample-file.pth': " +
            $"its SHA-256 begins with [0-9a-f]{{8}} instead of {sample.File.Sha256[..8]}. It is deleted. Without a connection: " +
            "download http.*, put the file into a folder here and run 'ldmml weights import FOLDER'.$", error.Message);
        Assert.Empty(Directory.GetFiles(sample.Cache.Folder));
    }

    [Fact]
    public async Task A_corrupt_file_does_not_replace_the_existing_one()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => LoopbackAnswer.Whole(new byte[300_000]));
        Directory.CreateDirectory(sample.Cache.Folder);
        await File.WriteAllTextAsync(sample.Path, "other");

        await Assert.ThrowsAsync<InvalidDataException>(() => sample.RunAsync());

        Assert.Equal("other", await File.ReadAllTextAsync(sample.Path));
    }

    [Fact]
    public async Task A_file_of_another_length_is_refused_before_the_download()
    {
        using var sample = new SampleDownload(request =>
            new("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nConnection: close\r\n\r\n", "hello"u8.ToArray()));

        var error = await Assert.ThrowsAsync<IOException>(() => sample.RunAsync());

        Assert.Contains(
            "gives 5 bytes instead of 300,000, as HTML: perhaps a page of your network. Without a " +
            "connection:", error.Message, StringComparison.Ordinal);
        Assert.Single(sample.Requests);
        Assert.Empty(Directory.GetFiles(sample.Cache.Folder));
    }

    [Fact]
    public async Task Overlong_content_without_a_length_is_not_downloaded_beyond_the_file()
    {
        using var sample = new SampleDownload(request => new("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", new byte[1_000_000]));

        await Assert.ThrowsAsync<InvalidDataException>(() => sample.RunAsync());

        Assert.Empty(Directory.GetFiles(sample.Cache.Folder));
    }

    [Fact]
    public async Task Short_content_without_a_length_counts_as_interrupted()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => request.Number == 1
            ? new("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", sample.Content[..5])
            : LoopbackAnswer.Rest(sample.Content, request.Start));

        await sample.RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
        Assert.StartsWith("the connection ended after 5 of 300,000 bytes; trying again", Assert.Single(sample.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_not_retried()
    {
        using var sample = new SampleDownload(request => LoopbackAnswer.Status("404 Not Found"));

        var error = await Assert.ThrowsAsync<IOException>(() => sample.RunAsync());

        Assert.Matches(
            "^'sample-file.pth' cannot be downloaded: http://127.0.0.1:[0-9]+/sample-file.pth answers 404 \\(Not " +
            "Found\\). Without a connection: download", error.Message);
        Assert.Single(sample.Requests);
    }

    [Theory]
    [InlineData("500 Internal Server Error", "")]
    [InlineData("503 Service Unavailable", "Retry-After: 3600\r\n")]
    [InlineData("429 Too Many Requests", "Retry-After: 0\r\n")]
    [InlineData("408 Request Timeout", "")]
    public async Task A_busy_server_is_retried(string status, string headers)
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => request.Number < 3 ? LoopbackAnswer.Status(status, headers) : LoopbackAnswer.Whole(sample.Content));

        await sample.RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
        Assert.Equal(3, sample.Requests.Length);
    }

    [Fact]
    public async Task Retries_of_a_busy_server_are_limited()
    {
        using var sample = new SampleDownload(request => LoopbackAnswer.Status("500 Internal Server Error"));

        var error = await Assert.ThrowsAsync<IOException>(() => sample.RunAsync());

        Assert.Contains("answers 500 (Internal Server Error)", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, sample.Requests.Length);
    }

    [Fact]
    public async Task Retries_without_progress_are_limited_and_the_received_part_is_kept()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => LoopbackAnswer.Whole(sample.Content, cutAfter: 100_000));

        var error = await Assert.ThrowsAsync<IOException>(() => sample.RunAsync());

        Assert.Contains(
            "The 100,000 bytes that arrived are kept, and the next download goes on from there.", error.Message, StringComparison.Ordinal);
        Assert.Equal(6, sample.Requests.Length);
        Assert.Equal(sample.Content[..100_000], await File.ReadAllBytesAsync(sample.Part));
    }

    [Fact]
    public async Task Retries_with_alternating_progress_are_limited()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => LoopbackAnswer.Whole(sample.Content, cutAfter: request.Number % 2 == 0 ? 50_000 : 100_000));

        await Assert.ThrowsAsync<IOException>(() => sample.RunAsync());

        Assert.Equal(6, sample.Requests.Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stalled_connection_is_retried(bool beforeTheHead)
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => request.Number > 1 ? LoopbackAnswer.Rest(sample.Content, request.Start)
            : beforeTheHead ? new("", [], ThenNothing: true)
            : LoopbackAnswer.Whole(sample.Content, cutAfter: 100_000) with { ThenNothing = true });

        await sample.With(SampleDownload.Settings with { Stall = TimeSpan.FromMilliseconds(200) }).RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
        Assert.StartsWith("nothing arrived for 0.2 s; trying again", Assert.Single(sample.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_server_is_named()
    {
        var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)unused.LocalEndpoint).Port}/");
        unused.Stop();
        using var sample = new SampleDownload(request => LoopbackAnswer.Status("404 Not Found"));

        var error = await Assert.ThrowsAsync<IOException>(() => sample.With(SampleDownload.Settings with { Mirror = address }).RunAsync());

        Assert.StartsWith(
            $"'sample-file.pth' cannot be downloaded: {address.Authority} cannot be reached (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("put the file into a folder here and run 'ldmml weights import FOLDER'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_file_is_not_downloaded_twice_concurrently()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => LoopbackAnswer.Whole(sample.Content));
        sample.WithPart([1]);
        using var other = new FileStream(sample.Part, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        var error = await Assert.ThrowsAsync<IOException>(() => sample.RunAsync());

        Assert.Contains("probably because the same file is being downloaded already", error.Message, StringComparison.Ordinal);
        Assert.Empty(sample.Requests);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_created_is_reported_with_the_remedy()
    {
        using var folder = new TemporaryFolder();
        var below = Path.Combine(folder.Write("file", []), "weights");

        var error = await Assert.ThrowsAsync<IOException>(() => new WeightCache(below).DownloadAsync(PublishedFiles.LpipsVgg));

        Assert.StartsWith($"The cache '{below}' cannot be made: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Set LDMML_CACHE to a folder that can be written.", error.Message, StringComparison.Ordinal);
    }
}
