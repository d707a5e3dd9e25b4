namespace LdmMl.Torch.Checkpoints.Published.Downloads;

/// <summary>Timeouts, retries and the address of a download.</summary>
internal sealed record DownloadSettings
{
    private const string MirrorVariable = "LDMML_WEIGHTS_MIRROR";

    /// <summary>Gets the address that serves the files under their names; null for the authors' addresses.</summary>
    public Uri? Mirror { get; init; }

    /// <summary>Gets the timeout for connecting, and for receiving nothing.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the delays before retries, one for each.</summary>
    public IReadOnlyList<TimeSpan> Waits { get; init; } =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8)];

    /// <summary>Gets the longest delay that a server may request.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets the total number of attempts, those that made progress included.</summary>
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
