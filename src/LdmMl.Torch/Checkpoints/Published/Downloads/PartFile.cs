using System.Net.Http.Headers;

namespace LdmMl.Torch.Checkpoints.Published.Downloads;

/// <summary>The part of a file received so far, stored next to the final file. Opened exclusively.</summary>
internal sealed class PartFile : IDisposable
{
    private readonly FileStream stream;
    private readonly string target;

    private PartFile(FileStream stream, string target)
    {
        this.stream = stream;
        this.target = target;
    }

    public long Length => stream.Length;

    public string Path => PathOf(target);

    private string ValidatorPath => $"{Path}.etag";

    public static string PathOf(string target) => $"{target}.part";

    /// <summary>Opens the partial file, or creates an empty one.</summary>
    /// <exception cref="IOException">It is open elsewhere, or cannot be written.</exception>
    public static PartFile Open(string target)
    {
        var path = PathOf(target);
        try
        {
            var part = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            return new(part, target);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"'{path}' cannot be written: {error.Message}", error);
        }
        catch (IOException error) when (File.Exists(path))
        {
            throw new IOException($"'{path}' cannot be opened, probably because the same file is being downloaded already: {error.Message}", error);
        }
    }

    /// <summary>Gets the version of the content as given by the server (ETag or Last-Modified), or null.</summary>
    public RangeConditionHeaderValue? Validator() =>
        File.Exists(ValidatorPath) && RangeConditionHeaderValue.TryParse(File.ReadAllText(ValidatorPath).Trim(), out var validator)
            ? validator
            : null;

    /// <summary>Continues at a position and discards what follows it.</summary>
    /// <param name="start">The position.</param>
    /// <param name="validator">The version of the content to come, or null.</param>
    public void Continue(long start, RangeConditionHeaderValue? validator)
    {
        stream.SetLength(start);
        stream.Position = start;
        if (validator is null)
            File.Delete(ValidatorPath);
        else
            File.WriteAllText(ValidatorPath, validator.ToString());
    }

    public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => stream.WriteAsync(bytes, cancellation);

    /// <summary>Closes the file and renames it to its final name, replacing an existing file.</summary>
    /// <param name="problem">Verifies the content under its temporary name; null if it is right.</param>
    /// <returns>What is wrong, in which case nothing was renamed.</returns>
    public string? Finish(Func<string, string?> problem)
    {
        stream.Flush(flushToDisk: true);   // else a power cut after the rename could leave an empty file under the final name
        stream.Dispose();
        if (problem(Path) is { } wrong)
            return wrong;
        File.Move(Path, target, overwrite: true);
        File.Delete(ValidatorPath);
        return null;
    }

    public void Delete()
    {
        stream.Dispose();
        File.Delete(Path);
        File.Delete(ValidatorPath);
    }

    /// <summary>Closes the partial file and keeps it for the next attempt, unless it is empty.</summary>
    public void Dispose()
    {
        if (stream.CanWrite && stream.Length == 0)
            Delete();
        stream.Dispose();
    }
}
