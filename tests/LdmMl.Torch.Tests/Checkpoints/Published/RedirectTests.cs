namespace LdmMl.Torch.Tests.Checkpoints.Published;

public class RedirectTests
{
    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirects_are_followed(int status)
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => request.Path == "/elsewhere/file?signed=yes"
            ? LoopbackAnswer.Whole(sample.Content)
            : LoopbackAnswer.Redirect("/elsewhere/file?signed=yes", status));

        await sample.RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
    }

    [Fact]
    public async Task The_rest_is_also_requested_after_a_redirect()
    {
        SampleDownload sample = null!;
        using var _ = sample = new(request => request.Path == "/rest"
            ? LoopbackAnswer.Rest(sample.Content, request.Start)
            : LoopbackAnswer.Redirect($"{sample.Server}rest"));
        sample.WithPart(sample.Content[..200_000], "\"one\"");

        await sample.RunAsync();

        Assert.Equal(sample.Content, sample.Stored);
        Assert.Equal(("/rest", "bytes=200000-", "\"one\""), (sample.Requests[1].Path, sample.Requests[1].Range, sample.Requests[1].IfRange));
    }

    [Fact]
    public async Task Circular_redirects_end()
    {
        using var sample = new SampleDownload(request => LoopbackAnswer.Redirect(request.Path == "/a" ? "/b" : "/a"));

        var error = await Assert.ThrowsAsync<IOException>(() => sample.RunAsync());

        Assert.Contains("redirects more than 10 times, the last time to http://127.0.0.1:", error.Message, StringComparison.Ordinal);
        Assert.Equal(11, sample.Requests.Length);
    }

    [Theory]
    [InlineData("http://example.com/file.pth")]
    [InlineData("file:///etc/hostname")]
    [InlineData("ftp://example.com/file.pth")]
    public async Task A_redirect_to_http_is_refused(string location)
    {
        using var sample = new SampleDownload(request => LoopbackAnswer.Redirect(location));

        var error = await Assert.ThrowsAsync<IOException>(() => sample.RunAsync());

        Assert.Contains($"{location} is not an https address; files are not fetched over open connections", error.Message, StringComparison.Ordinal);
        Assert.Single(sample.Requests);
    }

    [Fact]
    public async Task A_redirect_without_a_target_is_refused()
    {
        using var sample = new SampleDownload(request => LoopbackAnswer.Status("302 Found"));

        var error = await Assert.ThrowsAsync<IOException>(() => sample.RunAsync());

        Assert.Contains("redirects (302) without saying where", error.Message, StringComparison.Ordinal);
    }
}
