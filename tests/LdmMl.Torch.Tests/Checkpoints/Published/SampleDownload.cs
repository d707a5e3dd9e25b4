using System.Security.Cryptography;
using LdmMl.Torch.Checkpoints.Published;
using LdmMl.Torch.Checkpoints.Published.Downloads;

namespace LdmMl.Torch.Tests.Checkpoints.Published;

/// <summary>A file that a server of the test publishes, and an empty cache for it. There are as many waits as in real use, but short ones.</summary>
internal sealed class SampleDownload : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly LoopbackServer server;

    public SampleDownload(Func<LoopbackRequest, LoopbackAnswer> script, int length = 300_000)
    {
        Content = new byte[length];
        new Random(1).NextBytes(Content);
        server = new(script);
        File = FileOf(Content, server.Address);
        Cache = new(folder.File("weights"), Settings);
        Path = System.IO.Path.Combine(Cache.Folder, File.FileName);
    }

    public static DownloadSettings Settings { get; } = new()
    {
        Stall = TimeSpan.FromSeconds(5),
        Waits = Enumerable.Repeat(TimeSpan.FromMilliseconds(1), 4).ToArray(),
        LongestWait = TimeSpan.FromMilliseconds(20),
    };

    public byte[] Content { get; }

    public PublishedFile File { get; }

    public WeightCache Cache { get; private set; }

    public string Path { get; }

    public string Part => $"{Path}.part";

    public Uri Server => server.Address;

    public LoopbackRequest[] Requests => [.. server.Requests];

    public List<string> Remarks { get; } = [];

    public byte[] Stored => System.IO.File.ReadAllBytes(Path);

    public static PublishedFile FileOf(byte[] content, Uri server) => new()
    {
        Name = "sample",
        FileName = "sample-file.pth",
        Purpose = "a test",
        Address = new(server, "sample-file.pth"),
        Length = content.Length,
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
        Terms = "none",
        OtherNames = ["other.pth"],
    };

    public SampleDownload With(DownloadSettings settings)
    {
        Cache = new(Cache.Folder, settings);
        return this;
    }

    /// <summary>Leaves what an interrupted download would have left.</summary>
    public SampleDownload WithPart(byte[] content, string? validator = null)
    {
        Directory.CreateDirectory(Cache.Folder);
        System.IO.File.WriteAllBytes(Part, content);
        if (validator is not null)
            System.IO.File.WriteAllText($"{Part}.etag", validator);
        return this;
    }

    public Task<string> RunAsync(CancellationToken cancellation = default) => Cache.DownloadAsync(File, Note, cancellation);

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    private void Note(DownloadProgress progress)
    {
        if (progress.Remark is { } remark)
            Remarks.Add(remark);
    }
}
