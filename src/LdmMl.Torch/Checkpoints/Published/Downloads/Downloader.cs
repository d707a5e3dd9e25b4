namespace LdmMl.Torch.Checkpoints.Published.Downloads;

/// <summary>Downloads a file into its partial file, with retries, and gives it its final name once it is verified.</summary>
internal sealed class Downloader(DownloadClient client, DownloadSettings settings)
{
    private const int BufferSize = 1 << 17;

    public async Task DownloadAsync(PublishedFile file, string target, Action<DownloadProgress> progress, CancellationToken cancellation)
    {
        if (await FetchAsync(file, target, progress, cancellation).ConfigureAwait(false) is not { } first)
            return;
        if (!first.WasResumed)
            throw Corrupt(file, first.Problem);

        // The first part may be of an older version, or damaged by an earlier process: the whole file is downloaded once more.
        progress(new(0, file.Length, $"{file.FileName} is not right after resuming ({first.Problem}); starting over"));
        if (await FetchAsync(file, target, progress, cancellation).ConfigureAwait(false) is { } second)
            throw Corrupt(file, second.Problem);
    }

    // Null on success; otherwise what is wrong with the received file, which is deleted.
    private async Task<(string Problem, bool WasResumed)?> FetchAsync(
        PublishedFile file, string target, Action<DownloadProgress> progress, CancellationToken cancellation)
    {
        using var part = PartFile.Open(target);
        if (part.Length > file.Length)
            part.Continue(0, null);
        CheckSpace(file, target, part.Length);
        var resumed = part.Length > 0;
        await FillAsync(file, part, progress, cancellation).ConfigureAwait(false);
        if (part.Finish(path => ContentCheck.Problem(file, path, cancellation)) is not { } problem)
            return null;
        part.Delete();
        return (problem, resumed);
    }

    private async Task FillAsync(PublishedFile file, PartFile part, Action<DownloadProgress> progress, CancellationToken cancellation)
    {
        var (furthest, vain) = (part.Length, 0);
        for (var tries = 1; part.Length < file.Length; tries++)
        {
            try
            {
                await TryAsync(file, part, progress, cancellation).ConfigureAwait(false);
            }
            catch (DownloadFailure failure)
            {
                vain = part.Length > furthest ? 0 : vain + 1;
                furthest = Math.Max(furthest, part.Length);
                if (!failure.CanBeTriedAgain || vain > settings.Waits.Count || tries >= settings.Tries)
                    throw GivenUp(file, part, failure);
                var wait = failure.Wait ?? (settings.Waits.Count == 0 ? TimeSpan.Zero : settings.Waits[Math.Max(vain - 1, 0)]);
                wait = wait < settings.LongestWait ? wait : settings.LongestWait;
                var when = wait == TimeSpan.Zero ? "at once" : $"in {wait.TotalSeconds:0.#} s";
                progress(new(part.Length, file.Length, $"{failure.Message}; trying again {when}"));
                await Task.Delay(wait, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task TryAsync(PublishedFile file, PartFile part, Action<DownloadProgress> progress, CancellationToken cancellation)
    {
        using var stall = new StallGuard(settings.Stall, cancellation);
        using var response = await stall.Guard(
            token => client.SendAsync(settings.AddressOf(file), part.Length, part.Validator(), token)).ConfigureAwait(false);
        part.Continue(DownloadResponse.Start(response, file, part), DownloadResponse.Validator(response));

        var buffer = new byte[BufferSize];
        using var content = await stall.Guard(response.Content.ReadAsStreamAsync).ConfigureAwait(false);
        while (part.Length < file.Length)
        {
            var room = (int)Math.Min(buffer.Length, file.Length - part.Length);
            var count = await stall.Guard(token => content.ReadAsync(buffer.AsMemory(0, room), token).AsTask()).ConfigureAwait(false);
            if (count == 0)
                throw new DownloadFailure($"the connection ended after {part.Length:N0} of {file.Length:N0} bytes", canBeTriedAgain: true);
            await part.AppendAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
            progress(new(part.Length, file.Length, null));
        }
    }

    private static void CheckSpace(PublishedFile file, string target, long arrived)
    {
        var folder = Path.GetDirectoryName(target)!;
        if (folder.StartsWith(@"\\", StringComparison.Ordinal))
            return;                                    // a network share has no drive information
        long free = new DriveInfo(folder).AvailableFreeSpace, needed = file.Length - arrived;
        if (free < needed)
        {
            throw new IOException(
                $"'{file.FileName}' needs {needed / 1e6:F0} MB more in '{folder}', where {free / 1e6:F0} MB are free. " +
                "Make room, or set LDMML_CACHE to a folder elsewhere.");
        }
    }

    private InvalidDataException Corrupt(PublishedFile file, string problem) => new(
        $"What {settings.AddressOf(file)} gives is not the published '{file.FileName}': {problem}. " +
        $"It is deleted. {WeightAdvice.WithoutConnection(file)}");

    private static IOException GivenUp(PublishedFile file, PartFile part, DownloadFailure failure)
    {
        var kept = part.Length > 0 ? $" The {part.Length:N0} bytes that arrived are kept, and the next download goes on from there." : "";
        return new($"'{file.FileName}' cannot be downloaded: {failure.Message}.{kept} {WeightAdvice.WithoutConnection(file)}", failure);
    }
}
