using System.Text.Json.Nodes;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Training.Streaming;

/// <summary>Finds the file of the latents of some images, or encodes them into one.</summary>
/// <param name="model">The first stage.</param>
/// <param name="images">The images.</param>
/// <param name="layout">Their latents.</param>
/// <param name="options">The folder, its limit, and who hears of it.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class LatentFileSource(
    AutoencoderModel model, IImageSet images, LatentLayout layout, DiffusionTrainingOptions options, CancellationToken cancellation)
{
    private readonly LatentFolder folder = new(options.LatentFolder, options.MaximumLatentFolderBytes);

    /// <summary>Opens the file; if there is none, one process creates it while others that want it wait.</summary>
    /// <param name="use">Takes the latents and the SHA-256 of the images' values in their order.</param>
    public T Open<T>(Func<FileLatents, string, T> use)
    {
        if (images.AllowsReadAhead)
            Say($"All {images.Count:N0} images are read once, to find their latents.");
        var hash = BatchReader.Hash(images, model.Config.PixelRange, options.ReaderThreads, cancellation);
        var key = LatentKey.Describe(model, images, hash, layout, LatentEncoder.BatchSize);
        var path = folder.PathOf(LatentKey.NameOf(key));
        using var held = folder.Lock(path, cancellation);
        if (Find(path, key) is { } found)
        {
            LatentFolder.Touch(path, options.Clock);
            Say($"The latents of {images.Count:N0} images are reused from '{path}' ({layout.Bytes / 1e6:N1} MB).");
            return use(found, hash);
        }

        var removed = folder.MakeRoom(layout.Bytes);
        var why = options.LatentFolder is null ? $", more than the {options.MaximumLatentBytes / 1e6:N1} MB allowed in memory" : "";
        Say($"The latents of {images.Count:N0} images are computed and kept in '{path}' ({layout.Bytes / 1e6:N1} MB{why}).");
        foreach (var file in removed)
            Say($"'{file.FullName}' was deleted to make room for them.");
        LatentFile.Create(path, key, layout, latents => Encode(latents, hash), cancellation);
        return use(Find(path, key) ?? throw new IOException($"'{path}' was deleted while it was in use; start again."), hash);
    }

    private FileLatents? Find(string path, JsonObject key)
    {
        try
        {
            return LatentFile.TryOpen(path, key, layout, cancellation);
        }
        catch (InvalidDataException error)
        {
            Say($"'{path}' is damaged: {error.Message}. The latents are computed again.");
            return null;
        }
    }

    private void Encode(FileLatents latents, string hash)
    {
        if (LatentEncoder.Encode(model, images, latents, options.ReaderThreads, cancellation) != hash)
            throw new InvalidDataException("An image changed while the images were encoded; nothing is kept. Start again once nobody writes to them.");
    }

    private void Say(FormattableString sentence) => options.Notes?.Report(FormattableString.Invariant(sentence));
}
