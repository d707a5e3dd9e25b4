using System.Buffers;
using LdmMl.Torch.Tensors;
using Microsoft.Win32.SafeHandles;

namespace LdmMl.Torch.Training.Streaming;

/// <summary>
/// Images that arrive one after the other, such as the rows of a cursor, and are then read in any order: in memory up to a limit, and beyond it all of them
/// in a temporary file, as they would be in memory. The file is deleted with this object, or, on Linux, when the process ends in any way.
/// </summary>
internal sealed class SpooledImageSet : IImageSet, IDisposable
{
    private readonly ImageSet memory;
    private readonly long limit;
    private readonly string folder;
    private readonly IProgress<string>? notes;
    private SafeFileHandle? file;
    private int spooled;

    /// <summary>Begins an empty set.</summary>
    /// <param name="width">The width of every image in pixels.</param>
    /// <param name="height">The height of every image in pixels.</param>
    /// <param name="channels">3 for colour, 1 for grey.</param>
    /// <param name="limit">The largest number of bytes of images in memory.</param>
    /// <param name="folder">The folder for the temporary file; null for the system's.</param>
    /// <param name="notes">Hears when images go to the file; null for nobody.</param>
    public SpooledImageSet(int width, int height, int channels, long limit, string? folder, IProgress<string>? notes)
    {
        memory = new ImageSet(width, height, channels);
        (this.limit, this.folder, this.notes) = (limit, Path.GetFullPath(folder ?? Path.GetTempPath()), notes);
    }

    public int Count => spooled + memory.Count;

    public int Channels => memory.Channels;

    public int Height => memory.Height;

    public int Width => memory.Width;

    public bool AllowsReadAhead => file is not null;

    private int ImageBytes => Channels * Height * Width;

    private PixelLayout Layout => Channels == 1 ? PixelLayout.Gray8 : PixelLayout.Rgb24;

    /// <inheritdoc cref="ImageSet.Add(ReadOnlySpan{byte}, PixelLayout, PixelColor?)"/>
    /// <exception cref="IOException">The temporary file cannot be written; the message names it.</exception>
    public void Add(ReadOnlySpan<byte> pixels, PixelLayout layout, PixelColor? background = null)
    {
        memory.Add(pixels, layout, background);
        if (file is null && (long)Count * ImageBytes <= limit)
            return;
        try
        {
            file ??= Create();
            for (var index = 0; index < memory.Count; index++)
                RandomAccess.Write(file, memory.StoredAt(index), (long)(spooled + index) * ImageBytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"The images after the first {spooled} cannot be kept in a temporary file in '{folder}': {error.Message} "
                + "Choose another folder, or allow more memory for images.", error);
        }

        spooled += memory.Count;
        memory.Clear();
    }

    public void Read(int index, PixelRange range, Span<float> planes)
    {
        if (file is null)
        {
            memory.Read(index, range, planes);
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(ImageBytes);
        try
        {
            var pixels = rented.AsSpan(0, ImageBytes);
            for (var read = 0; read < pixels.Length;)
            {
                var more = RandomAccess.Read(file, pixels[read..], ((long)index * ImageBytes) + read);
                read += more > 0 ? more : throw new IOException($"The temporary file of images in '{folder}' was shortened while it was in use.");
            }

            PixelTensors.ToPlanes(pixels, Layout, PixelColor.White, range, planes, Channels);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public void Dispose() => file?.Dispose();

    private SafeFileHandle Create()
    {
        var path = Path.Combine(folder, $"ldmml-images-{Guid.NewGuid():N}.tmp");
        var created = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose);
        if (OperatingSystem.IsLinux())
            File.Delete(path);                                   // an open file stays readable, and cannot be left behind
        notes?.Report(FormattableString.Invariant(
            $"The images take more than {limit / 1e6:N1} MB: they are kept in a temporary file in '{folder}', {ImageBytes:N0} bytes each."));
        return created;
    }
}
