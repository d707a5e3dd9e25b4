using LdmMl.Torch.Native;

namespace LdmMl.Torch.Training.Streaming;

/// <summary>
/// A folder of latents, which trainings reuse: of the same first stage and images they are encoded once. Safe for several processes; the files that were
/// not used for longest are deleted where a new one would exceed the limit.
/// </summary>
/// <param name="folder">The folder; null for <c>latents</c> in the user's cache (<see cref="CacheFolders"/>).</param>
/// <param name="limit">The largest number of bytes of all files together.</param>
internal sealed class LatentFolder(string? folder, long limit)
{
    private const string Prefix = "latents-", Suffix = ".bin";

    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(100);

    private readonly string folder = Path.GetFullPath(folder ?? CacheFolders.Candidates("latents").First());

    /// <summary>Returns the file of latents with a given name, which may not exist.</summary>
    public string PathOf(string name) => Path.Combine(folder, $"{Prefix}{name}{Suffix}");

    /// <summary>Creates the folder, and takes the right to write a file: other processes that want the same wait until it is disposed.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public IDisposable Lock(string path, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(error);
        }

        while (true)
        {
            try
            {
                return new FileStream($"{path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (UnauthorizedAccessException error)
            {
                throw Unwritable(error);
            }
            catch (IOException) when (File.Exists($"{path}.lock"))
            {
                cancellation.ThrowIfCancellationRequested();
                Thread.Sleep(BetweenAttempts);
            }
            catch (IOException error)
            {
                throw Unwritable(error);
            }
        }
    }

    /// <summary>Makes room for a new file.</summary>
    /// <param name="bytes">Its length.</param>
    /// <returns>What was deleted.</returns>
    /// <exception cref="IOException">There is no room; nothing was deleted.</exception>
    public IReadOnlyList<FileInfo> MakeRoom(long bytes)
    {
        if (bytes > limit)
            throw Full(FormattableString.Invariant($"more than the limit of {limit:N0} bytes for that folder; allow more, or train on fewer images"), bytes);
        var files = new DirectoryInfo(folder).GetFiles($"{Prefix}*{Suffix}").OrderBy(file => file.LastWriteTimeUtc).ToList();
        var removed = new List<FileInfo>();
        for (var total = files.Sum(file => file.Length); total + bytes > limit; total -= removed[^1].Length)
        {
            removed.Add(files[0]);
            files.RemoveAt(0);
        }

        var free = new DriveInfo(folder).AvailableFreeSpace + removed.Sum(file => file.Length);
        if (free < bytes)
            throw Full(FormattableString.Invariant($"but only {free:N0} bytes are free there; free some, or choose another folder"), bytes);
        foreach (var file in removed)
        {
            file.Delete();
            File.Delete($"{file.FullName}.lock");
        }

        return removed;
    }

    /// <summary>Notes that a file is used, so that others are deleted first.</summary>
    /// <param name="path">The file.</param>
    /// <param name="clock">Tells the time.</param>
    public static void Touch(string path, TimeProvider clock)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, clock.GetUtcNow().UtcDateTime);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that others filled and that cannot be written can still be read.
        }
    }

    private IOException Full(string problem, long bytes) =>
        new(FormattableString.Invariant($"The latents need {bytes:N0} bytes in '{folder}', {problem}."));

    private IOException Unwritable(Exception error) =>
        new($"The latents cannot be kept in '{folder}': {error.Message} Choose another folder.", error);
}
