using System.Text;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Safetensors;
using LdmMl.Torch.Tests.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Checkpoints;

/// <summary>Large files, whose tensors are views of the file.</summary>
public sealed class MappedFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string path;
    private readonly Tensor weight = Drawn.Normal(1, 300, 7), half = Drawn.Normal(2, 5, 11).to(ScalarType.Float16), empty = zeros(0, 3);

    public MappedFileTests()
    {
        path = folder.File("weights.safetensors");
        SafetensorsFile.Write(path, [new("weight", weight), new("half", half), new("empty", empty)], new Dictionary<string, string> { ["format"] = "pt" });
    }

    public void Dispose()
    {
        foreach (var tensor in new[] { weight, half, empty })
            tensor.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Tensors_equal_those_that_are_read()
    {
        using var mapped = Map(path);

        Assert.Equal("pt", mapped.Metadata["format"]);
        Assert.True(Drawn.Same(mapped["weight"], weight));
        Assert.True(Drawn.Same(mapped["half"], half));
        Assert.Equal([0, 3], mapped["empty"].shape);
    }

    [Fact]
    public void They_outlive_their_dictionary_and_their_file()
    {
        using var kept = Keep();
        File.Delete(path);

        Assert.True(Drawn.Same(kept, weight[TensorIndex.Slice(100, 200)]));

        Tensor Keep()
        {
            using var mapped = Map(path);
            return mapped["weight"].narrow(0, 100, 100).DetachFromDisposeScope();
        }
    }

    [Fact]
    public void What_is_written_into_them_stays_in_the_process()
    {
        var before = File.ReadAllBytes(path);
        using (var mapped = Map(path))
        {
            mapped["weight"].zero_();
            Assert.Equal(0, mapped["weight"].abs().max().item<float>());
            using var other = Map(path);
            Assert.True(Drawn.Same(other["weight"], weight));
        }

        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void Values_that_are_not_aligned_are_copied()
    {
        var header = """{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"F32","shape":[2],"data_offsets":[3,11]}}"""u8;
        byte[] content = [.. BitConverter.GetBytes((ulong)header.Length), .. header, 1, 2, 3, .. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f)];
        File.WriteAllBytes(path, content);
        using var mapped = Map(path);

        Assert.Equal([1, 2, 3], mapped["a"].data<byte>().ToArray());
        Assert.Equal([1.5f, -2f], mapped["b"].data<float>().ToArray());
    }

    [Fact]
    public void A_file_that_is_cut_short_is_refused()
    {
        using (var file = File.OpenWrite(path))
            file.SetLength(file.Length - 1);

        Assert.Contains("cut short", Assert.Throws<InvalidDataException>(() => Map(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_leaks()
    {
        Map(path).Dispose();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var i = 0; i < 5; i++)
            Map(path).Dispose();

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        if (OperatingSystem.IsLinux())
            Assert.DoesNotContain(path, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
    }

    private static StateDictionary Map(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return SafetensorsReader.Read(stream, smallestMapped: 0);
    }
}
