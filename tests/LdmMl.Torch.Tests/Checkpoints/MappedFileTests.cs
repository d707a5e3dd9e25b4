using System.Text;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Safetensors;
using LdmMl.Torch.Tests.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Checkpoints;

/// <summary>Large files, whose tensors are views of the file.</summary>
[Collection(WholeProcess.Name)]
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
    public void Weights_that_are_given_up_leave_memory_and_come_back()
    {
        const long Values = 8 << 20, Bytes = Values * sizeof(float);
        using var large = arange(Whole(Values)).to(ScalarType.Float32);
        SafetensorsFile.Write(path, [new("weight", large)]);
        using var mapped = Map(path);
        using var network = new Weight(mapped["weight"]);
        Assert.True(Drawn.Same(mapped["weight"], large));
        mapped["weight"].narrow(0, 5_000_000, 1).fill_(Real(-1));
        var before = Environment.WorkingSet;
        MappedWeights.GiveUp(network);

        if (OperatingSystem.IsLinux())
            Assert.InRange(before - Environment.WorkingSet, Bytes * 3 / 4, long.MaxValue);
        using var differences = mapped["weight"].ne(large).nonzero();
        Assert.Equal([5_000_000], differences.data<long>().ToArray());
    }

    [Fact]
    public void Weights_in_other_memory_are_left_alone()
    {
        using var mapped = Map(path);
        using var network = new Weight(weight);
        MappedWeights.GiveUp(network);

        Assert.True(Drawn.Same(mapped["weight"], weight));
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

    private sealed class Weight : nn.Module
    {
        private readonly Parameter weight;

        public Weight(Tensor weight) : base(nameof(Weight))
        {
            this.weight = new Parameter(weight.alias(), requires_grad: false);
            RegisterComponents();
        }
    }

    private static StateDictionary Map(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return SafetensorsReader.Read(stream, smallestMapped: 0);
    }
}
