using System.IO.Compression;

namespace LdmMl.Torch.Metrics;

/// <summary>numpy's <c>.npz</c> with <c>mu</c> [D], <c>sigma</c> [D, D] and, from this library, <c>count</c>.</summary>
internal static class StatisticsFile
{
    public static void Write(Stream stream, double[] mean, double[] covariance, long count)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        WriteArray(archive, "mu", mean, mean.Length);
        WriteArray(archive, "sigma", covariance, mean.Length, mean.Length);
        WriteArray(archive, "count", [count]);
    }

    /// <exception cref="InvalidDataException">An array is missing or damaged, or the arrays do not belong together.</exception>
    public static (double[] Mean, double[] Covariance, long? Count) Read(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        var (mean, meanShape) = ReadArray(archive, "mu") ?? throw Missing("mu");
        if (meanShape.Length != 1)
            throw new InvalidDataException($"mu has the shape {Text(meanShape)}; the mean of every feature is needed.");
        var (covariance, shape) = ReadArray(archive, "sigma") ?? throw Missing("sigma");
        if (shape is not [var rows, var columns] || rows != mean.Length || columns != mean.Length)
            throw new InvalidDataException($"mu has {mean.Length} features and sigma the shape {Text(shape)}; they do not belong together.");
        if (!mean.All(double.IsFinite) || !covariance.All(double.IsFinite))
            throw new InvalidDataException("it holds values that are not finite.");
        var count = ReadArray(archive, "count") is ([>= 2 and < long.MaxValue and var stored], _) ? (long?)stored : null;
        return (mean, covariance, count);
    }

    private static void WriteArray(ZipArchive archive, string name, double[] values, params int[] shape)
    {
        using var entry = archive.CreateEntry($"{name}.npy", CompressionLevel.NoCompression).Open();
        NumpyArray.Write(entry, values, shape);
    }

    private static (double[] Values, int[] Shape)? ReadArray(ZipArchive archive, string name)
    {
        if (archive.GetEntry($"{name}.npy") is not { } entry)
            return null;
        using var stream = entry.Open();
        return NumpyArray.Read(stream, entry.Length, name);
    }

    private static InvalidDataException Missing(string name) =>
        new($"it has no array '{name}'; statistics of pytorch-fid have mu and sigma.");

    private static string Text(int[] shape) => $"[{string.Join(", ", shape)}]";
}
