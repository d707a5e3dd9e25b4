using LdmMl.Cli.Output;

namespace LdmMl.Cli.Pipelines;

/// <summary>Leaves out the files that cannot be read as images, for <c>--skip-broken</c>.</summary>
internal static class ReadableFiles
{
    /// <summary>Reads every file once, and says which are left out.</summary>
    /// <param name="files">The files.</param>
    /// <param name="maximumPixels">The most pixels that an image may have.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidDataException">None can be read.</exception>
    public static string[] Of(string[] files, long maximumPixels, CancellationToken cancellation)
    {
        var kept = new List<string>();
        ProgressDisplay.Run("check images", report =>
        {
            for (var index = 0; index < files.Length; index++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (CanRead(files[index], maximumPixels))
                    kept.Add(files[index]);
                report((index + 1.0) / files.Length, $"{index + 1} of {files.Length}");
            }
        });
        return kept.Count > 0 ? [.. kept] : throw new InvalidDataException($"None of the {Counted.Of(files.Length, "image")} could be read.");
    }

    private static bool CanRead(string file, long maximumPixels)
    {
        try
        {
            ImageFile.Decode(file, maximumPixels).Dispose();
            return true;
        }
        catch (ImageFileException error)
        {
            Terminal.Message($"warning: {error.Message} It is skipped.");
            return false;
        }
    }
}
