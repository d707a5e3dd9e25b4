using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Images that are made when they are read: a disc and a bar in colours that follow from the image's number, on a gradient.</summary>
/// <param name="count">The number of images.</param>
/// <param name="side">Their side in pixels.</param>
internal sealed class MadeImages(int count, int side) : IImageSet
{
    public int Count => count;

    public int Channels => 3;

    public int Height => side;

    public int Width => side;

    public bool AllowsReadAhead => true;

    public void Read(int index, PixelRange range, Span<float> planes)
    {
        var random = new Random(index);
        var (x, y, radius, bar) = (random.Next(side), random.Next(side), random.Next(2, side / 3), random.Next(side));
        Span<float> colours = [random.NextSingle(), random.NextSingle(), random.NextSingle(), random.NextSingle()];
        for (var at = 0; at < planes.Length; at++)
        {
            var (channel, row, column) = (at / (side * side), at / side % side, at % side);
            var distance = ((row - y) * (row - y)) + ((column - x) * (column - x));
            var value = distance < radius * radius ? colours[channel] : Math.Abs(column - bar) < 2 ? colours[channel + 1] : (float)(row + column) / (2 * side);
            planes[at] = range == PixelRange.ZeroToOne ? value : (2 * value) - 1;
        }
    }

    /// <summary>Writes the images as PNG files, unless they are there already.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The files.</returns>
    public string[] Save(string folder)
    {
        Directory.CreateDirectory(folder);
        var files = Enumerable.Range(0, count).Select(index => Path.Combine(folder, $"{index / 1000:D4}", $"{index:D7}.png")).ToArray();
        Parallel.For(0, count, index =>
        {
            if (!File.Exists(files[index]))
                Save(index, files[index]);
        });
        return files;
    }

    private void Save(int index, string file)
    {
        var (planes, pixels) = (new float[3 * side * side], new byte[4 * side * side]);
        Read(index, PixelRange.ZeroToOne, planes);
        PixelTensors.FromPlanes(planes, 3, PixelRange.ZeroToOne, pixels, PixelLayout.Rgba32);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var image = Microsoft.ML.Data.MLImage.CreateFromPixels(side, side, Microsoft.ML.Data.MLPixelFormat.Rgba32, pixels);
        image.Save(file);
    }
}
