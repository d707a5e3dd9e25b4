using System.Text;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.PyTorch;
using static LdmMl.Torch.Tests.Checkpoints.ZipFixture;

namespace LdmMl.Torch.Tests.Checkpoints;

/// <summary>One byte of a pickle can create an object, which takes at least 24 bytes. Reading must still take at most four times the file.</summary>
public sealed class PickleMemoryTests : IDisposable
{
    // What AllocationLimit allows for a short file, the zip reader's buffers, and the exception.
    private const long Least = (1 << 20) + (320 << 10);

    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("lists", "", "]", 1_000_000)]
    [InlineData("dictionaries", "", "}", 1_000_000)]
    [InlineData("tuples in tuples", "N", "\u0085", 1_000_000)]
    [InlineData("values on the stack", "", "N", 2_000_000)]
    [InlineData("marks", "", "(", 2_000_000)]
    [InlineData("a growing memo", "N", "\u0094", 1_000_000)]
    [InlineData("a memo with gaps", "N", "r\u0001\0\0\0r\u0002\0\0\0r\u0003\0\0\0", 100_000)]
    [InlineData("numbers", "", "M\u0001\u0002", 500_000)]
    [InlineData("short strings", "", "U\u0001a", 500_000)]
    [InlineData("quoted strings", "", "S'a'\n", 300_000)]
    [InlineData("a growing list", "]", "Na", 700_000)]
    [InlineData("lists of lists", "]", "]a", 700_000)]
    [InlineData("a growing dictionary", "}", "NNs", 500_000)]
    [InlineData("dictionaries with the same key", "", "}U\u0001aNs", 200_000)]
    [InlineData("states of objects", "clib\nf\n", "2)R}b", 300_000)]
    [InlineData("dictionaries made of one list", "ccollections\nOrderedDict\nq\0](N)\u0086N)\u0086N)\u0086N)\u0086N)\u0086N)\u0086e\u0085q\u0001", "0h\0h\u0001R", 200_000)]
    public void A_pickle_without_tensors_takes_at_most_four_times_its_file(string what, string start, string repeated, int count)
    {
        var pickle = start + string.Concat(Enumerable.Repeat(repeated, count)) + ".";
        Assert.True(Allocated(pickle) <= (4 * pickle.Length) + Least, $"{what}: {Allocated(pickle)} bytes for {pickle.Length}.");
    }

    [Fact]
    public void A_long_string_takes_at_most_four_times_its_file()
    {
        const int Length = 8 << 20;
        var length = Encoding.Latin1.GetString(BitConverter.GetBytes(Length));
        Assert.InRange(Allocated($"X{length}{new string('a', Length)}."), Length, (4 * Length) + Least);
    }

    [Fact]
    public void A_pickle_that_needs_more_memory_is_refused_with_the_reason()
    {
        var path = folder.Write("weights.pt", Pack(new string(']', 100_000) + "."));

        var refused = Assert.Throws<CheckpointException>(() => PyTorchFile.Read(path));

        Assert.Equal(
            $"its pickle takes more than 4 times the {new FileInfo(path).Length} bytes of the file in memory, which no honest checkpoint does.", refused.Reason);
    }

    // A tensor of this library and libtorch takes about a kilobyte, and a hostile file names one in twelve bytes.
    [Fact]
    public void An_endless_number_of_tensors_in_one_storage_is_refused_before_any_is_created()
    {
        var one = $"{Tensor("1", "1")}p0\n0";
        var names = string.Concat(Enumerable.Range(0, 60_000).Select(index => $"U\u0005{index:D5}g0\n"));
        Assert.InRange(Allocated($"{one}({names}d."), 0, (4 * names.Length) + Least);
    }

    // The smallest file of this kind: real networks have some hundred tensors, and actual weights.
    [Fact]
    public void A_thousand_tensors_of_a_few_bytes_are_read()
    {
        var path = folder.Write("small.pt", Pack(AsPythonWrites(tensors: 1000), storages: 1000));
        using var read = PyTorchFile.Read(path);
        Assert.Equal(1000, read.Count);
    }

    public void Dispose() => folder.Dispose();

    private long Allocated(string latin1)
    {
        var path = folder.Write("weights.pt", Pack(latin1));
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = Assert.Throws<CheckpointException>(() => PyTorchFile.Read(path));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // Protocol 2, as in torch.save: each name once, and memo numbers for everything.
    private static string AsPythonWrites(int tensors)
    {
        var memo = 6;
        var names = "ccollections\nOrderedDict\nq\0" + Text("storage") + "q\u0001" + Text("cpu") + "q\u0002"
            + "ctorch._utils\n_rebuild_tensor_v2\nq\u0003" + "ctorch\nFloatStorage\nq\u0004000";
        var text = new StringBuilder($"\u0080\u0002{names}00h\0)R{Remember()}(");
        for (var index = 0; index < tensors; index++)
        {
            var key = $"model.diffusion_model.input_blocks.{index}.transformer_blocks.0.attn1.to_k.weight";
            var storage = $"((h\u0001h\u0004{Text($"{index}")}{Remember()}h\u0002K\u0010t{Remember()}Q";
            var sizes = $"(K\u0002K\u0002K\u0002K\u0002t{Remember()}(K\u0008K\u0004K\u0002K\u0001t{Remember()}";
            text.Append($"{Text(key)}{Remember()}h\u0003{storage}K\0{sizes}\u0089h\0)R{Remember()}t{Remember()}R{Remember()}");
        }

        return text.Append("u.").ToString();

        string Remember() => "r" + Encoding.Latin1.GetString(BitConverter.GetBytes(memo++));
    }

    private static string Text(string text) => $"X{Encoding.Latin1.GetString(BitConverter.GetBytes(text.Length))}{text}";
}
