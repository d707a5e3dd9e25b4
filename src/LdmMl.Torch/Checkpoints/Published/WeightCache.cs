using LdmMl.Torch.Checkpoints.Published.Downloads;
using LdmMl.Torch.Native;

namespace LdmMl.Torch.Checkpoints.Published;

/// <summary>
/// A folder of published weights. A file gets its final name only after its length and SHA-256 have been verified, and both are verified again
/// whenever it is requested. Nothing is downloaded unless <see cref="DownloadAsync"/> is called. Safe for several threads and processes.
/// </summary>
internal sealed class WeightCache
{
    private readonly DownloadSettings settings;

    /// <summary>Initializes a cache; the folder is created when the first file is added.</summary>
    /// <param name="folder">
    /// The folder; null for the user's own: <c>weights</c> in the folder that the variable <c>LDMML_CACHE</c> names, otherwise
    /// <c>ldmml/weights</c> in <c>XDG_CACHE_HOME</c>, in the local application data (Windows), or in <c>~/.cache</c>.
    /// </param>
    /// <param name="mirror">
    /// An address that serves the files under their names instead of the authors' addresses; null for what the variable
    /// <c>LDMML_WEIGHTS_MIRROR</c> names, or else the authors'.
    /// </param>
    public WeightCache(string? folder = null, Uri? mirror = null)
        : this(folder, new DownloadSettings { Mirror = mirror ?? DownloadSettings.MirrorOfEnvironment() })
    {
    }

    internal WeightCache(string? folder, DownloadSettings settings)
    {
        if (folder is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Folder = Path.GetFullPath(folder ?? CacheFolders.Candidates("weights").First());
        this.settings = settings;
    }

    /// <summary>Gets the folder's full path.</summary>
    public string Folder { get; }

    /// <summary>Returns the address from which a file would be downloaded: the mirror's, where there is one.</summary>
    /// <param name="file">The file.</param>
    public Uri AddressOf(PublishedFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return settings.AddressOf(file);
    }

    /// <summary>Checks whether a file is present, and verifies its content.</summary>
    /// <param name="file">The file.</param>
    /// <returns>The file's state.</returns>
    /// <exception cref="IOException">A file is there that cannot be read.</exception>
    public PublishedFileStatus Check(PublishedFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var path = PathOf(file);
        var part = new FileInfo(PartFile.PathOf(path));
        var partLength = part.Exists ? part.Length : 0;
        if (!File.Exists(path))
            return new(file, PublishedFileState.Missing, path, null, partLength);
        var problem = ContentCheck.Problem(file, path);
        return new(file, problem is null ? PublishedFileState.Present : PublishedFileState.Damaged, path, problem, partLength);
    }

    /// <summary>Returns the path of a file that is present and intact. Never downloads.</summary>
    /// <param name="file">The file.</param>
    /// <returns>Its full path.</returns>
    /// <exception cref="FileNotFoundException">It does not exist; the message says how to get it.</exception>
    /// <exception cref="InvalidDataException">It is damaged; the message says in what, and how to get it.</exception>
    public string Find(PublishedFile file)
    {
        var status = Check(file);
        return status.State switch
        {
            PublishedFileState.Present => status.Path,
            PublishedFileState.Missing => throw new FileNotFoundException(
                $"'{file.FileName}' ({file.Purpose}) is not in the cache '{Folder}'. {WeightAdvice.Get(file)}", status.Path),
            _ => throw new InvalidDataException($"'{status.Path}' is damaged: {status.Problem}. {WeightAdvice.Get(file)}"),
        };
    }

    /// <summary>
    /// Downloads a file, unless it is present and intact. An interrupted download resumes where it stopped; a lost or stalled connection is retried
    /// a few times. The content is verified before the file gets its final name.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="progress">Receives the progress, on the downloading thread.</param>
    /// <param name="cancellation">Stops it; what has arrived is kept for the next time.</param>
    /// <returns>The full path of the file.</returns>
    /// <exception cref="InvalidDataException">The received file is not the published one; it is deleted.</exception>
    /// <exception cref="IOException">The address cannot be reached or refuses, or the cache cannot be written; the message says what to
    /// do.</exception>
    public async Task<string> DownloadAsync(PublishedFile file, Action<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        var path = PathOf(file);
        if (File.Exists(path) && ContentCheck.Problem(file, path, cancellation) is null)
            return path;
        MakeFolder();
        using var client = new DownloadClient(settings);
        await new Downloader(client, settings).DownloadAsync(file, path, progress ?? (_ => { }), cancellation).ConfigureAwait(false);
        return path;
    }

    /// <summary>Copies files from a folder and its subfolders, found by name; only those with the right content.</summary>
    /// <param name="folder">The folder, such as PyTorch's <c>~/.cache/torch/hub/checkpoints</c>; it is left unchanged.</param>
    /// <param name="files">The files to look for; null for all.</param>
    /// <param name="cancellation">Stops it between and within files.</param>
    /// <returns>The result for each file.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="IOException">A file cannot be read, or the cache cannot be written.</exception>
    public IReadOnlyList<ImportedFile> Import(string folder, IEnumerable<PublishedFile>? files = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The folder '{folder}' does not exist.");
        MakeFolder();
        return FolderImport.Run(folder, (files ?? PublishedFiles.All).ToArray(), PathOf, cancellation);
    }

    private string PathOf(PublishedFile file) => Path.Combine(Folder, file.FileName);

    private void MakeFolder()
    {
        try
        {
            Directory.CreateDirectory(Folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"The cache '{Folder}' cannot be made: {error.Message} Set {CacheFolders.Variable} to a folder that can be written.", error);
        }
    }
}
