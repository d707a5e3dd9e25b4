using System.Diagnostics;
using System.IO.Compression;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Tests.Checkpoints;
using static LdmMl.Torch.Tests.Metrics.FeatureSets;

namespace LdmMl.Torch.Tests.Metrics;

public sealed class StatisticsFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Path => folder.File("statistics.npz");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Stored_statistics_behave_like_the_original()
    {
        var (first, second) = (StatisticsOf(Draw(1, 30, 4), 4), StatisticsOf(Draw(2, 40, 4, mean: 1), 4));
        first.Save(Path);
        var stored = FrechetStatistics.Load(Path);
        Assert.Equal(30, stored.Count);
        Assert.Equal(first.FrechetDistance(second).Distance, stored.FrechetDistance(second).Distance, 1e-12);
        first.Merge(second);
        stored.Merge(second);
        Assert.All(first.Covariance().Zip(stored.Covariance()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [NumPyFact]
    public void Files_of_numpy_are_read_and_numpy_reads_ours()
    {
        var statistics = StatisticsOf(Draw(1, 30, 3), 3);
        statistics.Save(Path);
        const string Script = """
            import sys, numpy as np
            with np.load(sys.argv[1]) as f:
                assert f["mu"].shape == (3,) and f["sigma"].shape == (3, 3) and f["count"] == 30
                np.savez(sys.argv[1] + ".npz", mu=f["mu"].astype(np.float32), sigma=np.asfortranarray(f["sigma"]))
                np.savez_compressed(sys.argv[1] + ".z.npz", mu=f["mu"], sigma=f["sigma"])
            """;
        RunPython(Script, Path);
        var packed = FrechetStatistics.Load(Path + ".z.npz", count: 30);
        Assert.Equal(0, packed.FrechetDistance(statistics).Distance, 1e-9);
        Assert.Equal(0, FrechetStatistics.Load(Path + ".npz", count: 30).FrechetDistance(statistics).Distance, 1e-6);   // float32
        Assert.StartsWith(
            $"'{Path}.npz' does not say how many images its statistics were computed from; give the count (often 50,000).",
            Assert.Throws<ArgumentException>(() => FrechetStatistics.Load(Path + ".npz")).Message);
    }

    [Fact]
    public void Files_without_statistics_are_refused_with_the_reason()
    {
        Assert.Equal("there is no such file.", Assert.Throws<CheckpointException>(() => FrechetStatistics.Load(Path)).Reason);
        File.WriteAllText(Path, "no archive");
        Assert.Throws<CheckpointException>(() => FrechetStatistics.Load(Path));
        File.Delete(Path);
        Assert.Equal("it has no array 'mu'; statistics of pytorch-fid have mu and sigma.", Refused("other", []));
        Assert.Equal("array 'mu' is not in numpy's format.", Refused("mu", [.. "not an array"u8]));
        Assert.Equal("array 'mu' ends too early.", Refused("mu", [0x93, .. "NUMPY"u8, 1, 0, 200, 0]));
        Assert.Equal(
            "array 'mu' is of an unsupported type; float64, float32 and int64 are read.",
            Refused("mu", Array("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }")));
        Assert.Equal("array 'mu' ends too early.", Refused("mu", Array("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }")));
        Assert.Equal("array 'mu' ends too early.", Refused("mu", Array("{'descr': '<f8', 'fortran_order': False, 'shape': (46000, 46000), }")));
        Assert.Equal(
            "array 'mu' is larger than the statistics of any feature model.",
            Refused("mu", Array("{'descr': '<f8', 'fortran_order': False, 'shape': (999999999, 999999999), }")));
    }

    private static byte[] Array(string header) => [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header)];

    private string Refused(string name, byte[] content)
    {
        using (var archive = ZipFile.Open(Path, ZipArchiveMode.Create))
        using (var entry = archive.CreateEntry($"{name}.npy").Open())
            entry.Write(content);
        var reason = Assert.Throws<CheckpointException>(() => FrechetStatistics.Load(Path)).Reason;
        File.Delete(Path);
        return reason;
    }

    private static void RunPython(string script, string argument)
    {
        using var run = Process.Start(
            new ProcessStartInfo(NumPyFactAttribute.Python, ["-c", script, argument]) { UseShellExecute = false, RedirectStandardError = true })!;
        var errors = run.StandardError.ReadToEnd();
        run.WaitForExit();
        Assert.True(run.ExitCode == 0, errors);
    }
}
