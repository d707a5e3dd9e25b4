namespace LdmMl.Torch.Checkpoints.Published.Downloads;

/// <summary>How patient a download is, and where it asks.</summary>
internal sealed record DownloadSettings
{
    private const string MirrorVariable = "LDMML_WEIGHTS_MIRROR";

    /// <summary>Gets the address that serves the files under their names; null for the authors' addresses.</summary>
    public Uri? Mirror { get; init; }

    /// <summary>Gets how long a connection may take, and how long it may give nothing.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the waits before the further tries: one more try for each.</summary>
    public IReadOnlyList<TimeSpan> Waits { get; init; } =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8)];

    /// <summary>Gets the longest wait that a server may ask for.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets how many tries there are in all, those that got further included.</summary>
    public int Tries { get; init; } = 50;

    /// <summary>Gets how many redirects are followed.</summary>
    public int Redirects { get; init; } = 10;

    public static Uri? MirrorOfEnvironment() =>
        Environment.GetEnvironmentVariable(MirrorVariable) is { Length: > 0 } text ? MirrorOf(text) : null;

    public Uri AddressOf(PublishedFile file) => Mirror is null ? file.Address : new Uri($"{Mirror.AbsoluteUri.TrimEnd('/')}/{file.FileName}");

    private static Uri MirrorOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
            ? address
            : throw new ArgumentException($"{MirrorVariable} is '{text}'; it must be an address such as https://host/folder.");
}
