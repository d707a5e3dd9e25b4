using LdmMl.Torch.Checkpoints;

namespace LdmMl.Torch.Metrics;

/// <content>Files of statistics, as pytorch-fid writes and reads them.</content>
public sealed partial class FrechetStatistics
{
    /// <summary>Writes mean and covariance as pytorch-fid's <c>.npz</c> (<c>mu</c>, <c>sigma</c>, float64), with the number of images beside them.</summary>
    /// <param name="path">The file; replaced if it exists, and it appears whole or not at all.</param>
    /// <exception cref="InvalidOperationException">There are fewer than two rows.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var (mean, covariance) = (Mean(), Covariance());
        AtomicFile.Write(path, stream => StatisticsFile.Write(stream, mean, covariance, Count));
    }

    /// <summary>Reads statistics that <see cref="Save"/>, pytorch-fid or the publishers of data sets wrote.</summary>
    /// <param name="path">The <c>.npz</c> file.</param>
    /// <param name="count">How many images they were computed from; needed where the file does not say, at least 2.</param>
    /// <returns>The statistics, to compare with, and to add to.</returns>
    /// <exception cref="CheckpointException">The file cannot be read, lacks an array, or the arrays do not belong together.</exception>
    /// <exception cref="ArgumentException">The file does not say how many images there were, and <paramref name="count"/> is null.</exception>
    public static FrechetStatistics Load(string path, long? count = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (count is { } given)
            ArgumentOutOfRangeException.ThrowIfLessThan(given, 2, nameof(count));
        var (mean, covariance, stored) = CheckpointDoor.Open(path, () => StatisticsFile.Read(path));
        var images = count ?? stored ?? throw new ArgumentException(
            $"'{path}' does not say how many images its statistics were computed from; give the count (often 50,000).", nameof(count));
        return new(FeatureMoments.FromCovariance(images, mean, covariance));
    }
}
