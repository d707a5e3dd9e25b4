using LdmMl.Torch.Checkpoints.Published;

namespace LdmMl.Torch.Tests.Checkpoints.Published;

public class DownloadTests
{
    [Fact]
    public async Task A_file_is_downloaded_verified_and_renamed()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => LoopbackAnswer.Whole(sample.Content));

        var path = await sample.RunAsync();

        Assert.Equal(sample.Path, path);
        Assert.Equal(sample.Content, sample.Stored);
        Assert.Equal([path], Directory.GetFiles(sample.Cache.Folder));
        Assert.Equal(PublishedFileState.Present, sample.Cache.Check(sample.File).State);
    }

    [Fact]
    public async Task An_intact_file_is_not_downloaded_again()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => LoopbackAnswer.Whole(sample.Content));
        await sample.RunAsync();

        await sample.RunAsync();

        Assert.Single(sample.Requests);
    }

    [Fact]
    public async Task A_damaged_file_is_replaced()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => LoopbackAnswer.Whole(sample.Content));
        await sample.RunAsync();
        await File.WriteAllTextAsync(sample.Path, "planted");

        await sample.RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
    }

    [Fact]
    public async Task A_lost_connection_resumes_where_it_stopped()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => request.Number == 1
            ? LoopbackAnswer.Whole(sample.Content, cutAfter: 100_000, "ETag: \"one\"\r\n")
            : LoopbackAnswer.Rest(sample.Content, request.Start, headers: "ETag: \"one\"\r\n"));

        await sample.RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
        Assert.Equal([(null, null), ("bytes=100000-", "\"one\"")], sample.Requests.Select(request => (request.Range, request.IfRange)));
        Assert.Equal("the connection was cut; trying again in 0 s", Assert.Single(sample.Remarks));
    }

    [Fact]
    public async Task A_download_over_a_repeatedly_lost_connection_completes()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request =>
            LoopbackAnswer.Rest(sample.Content, request.Start, cutAfter: Math.Min(20_000, sample.Content.Length - request.Start)));
        sample.WithPart(sample.Content[..1]);

        await sample.RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
        Assert.Equal(15, sample.Requests.Length);
    }

    [Fact]
    public async Task A_download_of_an_earlier_process_resumes_with_its_validator()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => LoopbackAnswer.Rest(sample.Content, request.Start));
        sample.WithPart(sample.Content[..250_000], "\"of before\"");
        Assert.Equal(250_000, sample.Cache.Check(sample.File).PartLength);

        await sample.RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
        Assert.Equal(("bytes=250000-", "\"of before\""), (sample.Requests[0].Range, sample.Requests[0].IfRange));
    }

    [Fact]
    public async Task Last_modified_is_the_validator_without_an_etag()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => request.Number == 1
            ? LoopbackAnswer.Whole(sample.Content, cutAfter: 10, "Last-Modified: Fri, 05 Mar 2021 10:00:00 GMT\r\n")
            : LoopbackAnswer.Rest(sample.Content, request.Start));

        await sample.RunAsync();

        Assert.Equal("Fri, 05 Mar 2021 10:00:00 GMT", sample.Requests[1].IfRange);
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_sends_the_whole_file()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => LoopbackAnswer.Whole(sample.Content, request.Number == 1 ? 100_000 : null));

        await sample.RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
        Assert.Equal("bytes=100000-", sample.Requests[1].Range);
    }

    [Fact]
    public async Task The_rest_of_another_version_is_not_used()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => request.Start > 0
            ? LoopbackAnswer.Rest(sample.Content, request.Start, headers: "ETag: \"new\"\r\n")
            : LoopbackAnswer.Whole(sample.Content, headers: "ETag: \"new\"\r\n"));
        sample.WithPart(new byte[100_000], "\"old\"");

        await sample.RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
        Assert.Equal(["bytes=100000-", null], sample.Requests.Select(request => request.Range));
    }

    [Fact]
    public async Task A_rest_from_another_offset_is_not_used()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => request.Start > 0 ? LoopbackAnswer.Rest(sample.Content, 7) : LoopbackAnswer.Whole(sample.Content));
        sample.WithPart(sample.Content[..100_000]);

        await sample.RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
    }

    [Fact]
    public async Task A_range_that_the_server_does_not_have_starts_over()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => request.Start > 0
            ? LoopbackAnswer.Status("416 Range Not Satisfiable")
            : LoopbackAnswer.Whole(sample.Content));
        sample.WithPart(sample.Content[..100_000]);

        await sample.RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
    }

    [Fact]
    public async Task A_part_that_is_already_complete_is_verified_without_a_request()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => LoopbackAnswer.Status("404 Not Found"));
        sample.WithPart(sample.Content);

        await sample.RunAsync();

        Assert.Empty(sample.Requests);
        Assert.Equal(sample.Content, sample.Stored);
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(300_000)]
    [InlineData(300_001)]
    public async Task A_damaged_part_is_detected_and_downloaded_from_the_start(int length)
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => request.Start > 0
            ? LoopbackAnswer.Rest(sample.Content, request.Start)
            : LoopbackAnswer.Whole(sample.Content));
        sample.WithPart(new byte[length]);

        await sample.RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
    }

    [Fact]
    public async Task Progress_ends_with_the_whole_length()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => LoopbackAnswer.Whole(sample.Content));
        var seen = new List<DownloadProgress>();

        await sample.Cache.DownloadAsync(sample.File, seen.Add);

        Assert.Equal(seen.OrderBy(progress => progress.Bytes), seen);
        Assert.Equal((300_000, 300_000), (seen[^1].Bytes, seen[^1].Length));
    }

    [Fact]
    public async Task A_cancelled_download_keeps_its_part_and_resumes_later()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => request.Number == 1
            ? LoopbackAnswer.Whole(sample.Content, cutAfter: 100_000) with { ThenNothing = true }
            : LoopbackAnswer.Rest(sample.Content, request.Start));
        using var cancellation = new CancellationTokenSource();
        var running = sample.Cache.DownloadAsync(sample.File, progress =>
        {
            if (progress.Bytes == 100_000)
                cancellation.Cancel();
        }, cancellation.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(sample.Content[..100_000], await File.ReadAllBytesAsync(sample.Part));
        Assert.False(File.Exists(sample.Path));
        await sample.RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
        Assert.Equal("bytes=100000-", sample.Requests[1].Range);
    }

    [Fact]
    public async Task A_mirror_serves_the_file_under_its_name()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => request.Path == "/mirror/sample-file.pth"
            ? LoopbackAnswer.Whole(sample.Content)
            : LoopbackAnswer.Status("404 Not Found"));

        await sample.With(SampleDownload.Settings with { Mirror = new(sample.Server, "mirror") }).RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
    }
}
