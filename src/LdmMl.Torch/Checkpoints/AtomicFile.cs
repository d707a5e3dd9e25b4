namespace LdmMl.Torch.Checkpoints;

/// <summary>Atomic writes: a file is written under a temporary name next to the target, then renamed.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a file, replacing an earlier one only when everything is written.</summary>
    /// <param name="path">The file. Its folder must exist.</param>
    /// <param name="write">Writes the content.</param>
    public static void Write(string path, Action<Stream> write)
    {
        // Short, so that it fits wherever the target's own name does.
        var temporary = Path.Combine(Path.GetDirectoryName(path) ?? "", $".ldmml-{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);   // else a power cut after the rename could leave an empty file under the final name
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
