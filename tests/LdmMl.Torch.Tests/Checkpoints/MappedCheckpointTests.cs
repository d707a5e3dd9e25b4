using System.Globalization;
using System.IO.Compression;
using System.Text;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.PyTorch;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Checkpoints;

/// <summary>Large zip checkpoints, whose storages are views of the file.</summary>
[Collection(WholeProcess.Name)]
public sealed class MappedCheckpointTests : IDisposable
{
    private const int Mutations = 200;

    private static readonly string Good =
        Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "checkpoints", "odd_and_hostile", "good");

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Files() => [.. Directory.EnumerateFiles(Good, "*zip.pt").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void Tensors_equal_those_that_are_read(string name)
    {
        var path = Path.Combine(Good, name);
        using var read = Open(path, long.MaxValue);
        using var mapped = Open(path, smallestMapped: 0);

        Assert.Equal(read.Keys, mapped.Keys);
        foreach (var (key, tensor) in read)
        {
            var other = mapped[key];
            Assert.True(tensor.shape.SequenceEqual(other.shape) && tensor.dtype == other.dtype, key);
            Assert.True(tensor.NumberOfElements == 0 || tensor.bytes.SequenceEqual(other.bytes), key);
        }
    }

    [Fact]
    public void Four_gigabytes_are_opened_by_reading_the_directory_alone()
    {
        const long Rows = 1100, Columns = 1 << 20;
        var path = folder.File("large.ckpt");
        SparseCheckpoint.Write(path, [("first", [Rows, Columns]), ("last", [3, 5])]);
        Assert.InRange(new FileInfo(path).Length, 1L << 32, long.MaxValue);
        var before = BytesRead();
        using var weights = StateDictionary.Read(path);
        var after = BytesRead();

        Assert.Equal([Rows, Columns], weights["first"].shape);
        Assert.Equal(0, weights["last"].abs().sum().item<float>());
        Assert.InRange(after - before, 0, 1 << 20);
    }

    [Fact]
    public void What_is_written_into_them_stays_in_the_process_and_they_outlive_the_file()
    {
        var path = folder.File("weights.ckpt");
        SparseCheckpoint.Write(path, [("weight", [64, 64])]);
        var before = File.ReadAllBytes(path);
        using var mapped = Open(path, smallestMapped: 0);
        using var kept = mapped["weight"].narrow(0, 1, 2).DetachFromDisposeScope();
        kept.fill_(Real(3));
        Assert.Equal(before, File.ReadAllBytes(path));
        File.Delete(path);
        mapped.Dispose();

        Assert.Equal(3f * 128, kept.sum().item<float>());
    }

    [Fact]
    public void Members_that_are_compressed_or_in_an_unusual_archive_are_read()
    {
        const string Pickle = "(S'w'\nctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI16\ntQI0\n(I16\nt(I1\ntI00\nNtRd.";
        var content = Enumerable.Range(1, 16).SelectMany(value => BitConverter.GetBytes((float)value)).ToArray();
        (string, byte[])[] members = [("a/data.pkl", Encoding.Latin1.GetBytes(Pickle)), ("a/data/0", content)];
        var commented = ZipFixture.Pack(CompressionLevel.NoCompression, members).Concat("note"u8.ToArray()).ToArray();
        commented[^6] = 4;                                       // the comment's length
        foreach (var zip in new[] { ZipFixture.Pack(CompressionLevel.Fastest, members), commented })
        {
            using var weights = Open(folder.Write("x.pt", zip), smallestMapped: 0);
            Assert.Equal(136f, weights["w"].sum().item<float>());
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_changed_file_loads_or_is_refused(string name)
    {
        var good = File.ReadAllBytes(Path.Combine(Good, name));
        for (var seed = 0; seed < Mutations; seed++)
        {
            var random = new Random(seed);
            var bytes = good[..(seed % 4 == 0 ? random.Next(1, good.Length) : good.Length)];
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            bytes[^random.Next(1, Math.Min(bytes.Length, 600) + 1)] = (byte)random.Next(256);   // the directory is at the end
            var path = folder.Write("changed.pt", bytes);
            var error = Record.Exception(() => CheckpointErrors.Translate(path, () => Open(path, smallestMapped: 0)).Dispose());
            Assert.True(error is null or CheckpointException, $"seed {seed}: {error}");
        }
    }

    [Fact]
    public void Nothing_leaks()
    {
        var path = folder.File("weights.ckpt");
        SparseCheckpoint.Write(path, [("weight", [64, 64]), ("bias", [64])]);
        Open(path, smallestMapped: 0).Dispose();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var i = 0; i < 5; i++)
            Open(path, smallestMapped: 0).Dispose();

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        if (OperatingSystem.IsLinux())
            Assert.DoesNotContain(path, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
    }

    // What this process has read by calls of the system; what is mapped and never used is not among it.
    private static long BytesRead() => OperatingSystem.IsLinux()
        ? long.Parse(File.ReadLines("/proc/self/io").First(line => line.StartsWith("rchar: ", StringComparison.Ordinal))[7..], CultureInfo.InvariantCulture)
        : 0;

    private static StateDictionary Open(string path, long smallestMapped)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return ZipCheckpoint.Read(stream, smallestMapped);
    }
}
