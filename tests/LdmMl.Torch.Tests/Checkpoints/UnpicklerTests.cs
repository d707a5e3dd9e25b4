using System.Numerics;
using LdmMl.Torch.Checkpoints.Pickles;
using LdmMl.Torch.Checkpoints.PyTorch;

namespace LdmMl.Torch.Tests.Checkpoints;

public sealed class UnpicklerTests
{
    // Goldens/pickles: one value, written by Python 3.11's pickle.dumps with each protocol.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Numbers_strings_and_containers_of_every_protocol_are_read(int protocol)
    {
        var path = Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "pickles", $"protocol{protocol}.pkl");
        var value = Assert.IsType<PickleDictionary>(Read(File.ReadAllBytes(path)));

        Assert.Equal(1L, value["int"]);
        Assert.Equal(-5L, value["negative"]);
        Assert.Equal(70_000L, value["wide"]);
        Assert.Equal(1L << 40, value["long"]);
        Assert.Equal(BigInteger.Pow(2, 70), value["big"]);
        Assert.Equal(-BigInteger.Pow(2, 70), value["negative big"]);
        Assert.Equal(0.1, value["float"]);
        Assert.Equal("grün 你 😀\n\\", value["text"]);
        Assert.Equal([1L, 2L, 3L, 4L], Assert.IsType<PickleTuple>(value["tuple"]).Items);
        Assert.Equal([true, false], Assert.IsType<PickleTuple>(value["truth"]).Items);
        Assert.True(value.ContainsKey("none"));
        Assert.Null(value["none"]);
        var list = Assert.IsType<List<object?>>(value["list"]);
        Assert.Equal(3L, Assert.IsType<PickleTuple>(Assert.IsType<List<object?>>(list[1])[1]).Items[0]);
        Assert.Equal([1L], Assert.IsType<List<object?>>(value["set"]));
        Assert.Equal([2L], Assert.IsType<List<object?>>(value["frozen"]));
        Assert.Equal(1L, Assert.IsType<PickleDictionary>(value["ordered"])["a"]);
        var shared = Assert.IsType<List<object?>>(value["shared"]);
        Assert.Same(shared[0], shared[1]);
        Assert.Contains(value.Items, item => item.Key is 7L);
        if (protocol >= 3)
            Assert.Equal(new byte[] { 0, 255 }, value["bytes"]);
    }

    [Theory]
    [InlineData("", "the pickle ends in the middle (no STOP); the file is cut short or damaged.")]
    [InlineData(".", "the pickle is damaged: its stack is empty where a value is needed.")]
    [InlineData("t.", "the pickle is damaged: a mark is missing.")]
    [InlineData("h\u0005.", "the pickle is damaged: memo 5 is missing.")]
    [InlineData("g-1\n.", "the pickle is damaged: the index of a memo is not a number.")]
    [InlineData("(}s.", "the pickle is damaged: its stack is empty where a value is needed.")]
    [InlineData("}(Nu.", "the pickle is damaged: a key has no value.")]
    [InlineData("N(Nu.", "the pickle is damaged: a key has no value.")]
    [InlineData("NNa.", "the pickle is damaged: items are added to something that is not a list.")]
    [InlineData("NNNs.", "the pickle is damaged: keys are set in something that is not a dictionary.")]
    [InlineData("Ione\n.", "the pickle has a damaged whole number.")]
    [InlineData("Fone\n.", "the pickle has a damaged number.")]
    [InlineData("Sone\n.", "the pickle has a string without quotes.")]
    [InlineData("X\u0001\0\0\0\u00ff.", "the pickle has a string that is not UTF-8.")]
    [InlineData("\u0080\u0009.", "the pickle has protocol 9; supported are 0 to 5.")]
    [InlineData("\u0097.", "the pickle has the opcode 0x97, which is unknown or not supported.")]
    [InlineData("\u0082\u0001.", "the pickle has the opcode 0x82, which is unknown or not supported.")]
    [InlineData("NN\u0093.", "the pickle has the opcode 0x93, which is unknown or not supported.")]
    [InlineData("NQ.", "the pickle has a persistent id that is not a storage.")]
    [InlineData("T\u00ff\u00ff\u00ff\u007f.", "the pickle has a string of 2147483647 bytes, but only 1 bytes are left.")]
    [InlineData("\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff.", "the pickle has a string of 18446744073709551615 bytes, but only 1 bytes are left.")]
    [InlineData("\u008b\u00ff\u00ff\u00ff\u00ff.", "the pickle has a whole number of 4294967295 bytes.")]
    public void Damaged_pickles_are_refused_with_the_reason(string latin1, string reason) =>
        Assert.Equal(reason, Assert.Throws<InvalidDataException>(() => Read(latin1)).Message);

    [Theory]
    [InlineData("cposix\nsystem\n(S'echo'\ntR.", "posix.system")]
    [InlineData("(S'echo'\niposix\nsystem\n.", "posix.system")]
    [InlineData("(cos\nsystem\nS'echo'\no.", "os.system")]
    [InlineData("c__builtin__\neval\n.", "__builtin__.eval")]
    [InlineData("cbuiltins\nexec\n.", "builtins.exec")]
    [InlineData("cimportlib.util\nfind_spec\n.", "importlib.util.find_spec")]
    [InlineData("\u008c\u000asubprocess\u008c\u0005Popen\u0093.", "subprocess.Popen")]
    public void Names_that_run_code_in_Python_are_refused_by_name(string latin1, string name) => Assert.Equal(
        $"the pickle names '{name}', which runs code when Python opens the file. Nothing was executed; do not trust this file.",
        Assert.Throws<InvalidDataException>(() => Read(latin1)).Message);

    [Theory]
    [InlineData("clib\nf\n(NtR.")]
    [InlineData("clib\nf\n)\u0081}b.")]
    [InlineData("clib\nf\n)}\u0092.")]
    [InlineData("(Nilib\nf\n.")]
    [InlineData("(clib\nf\nNo.")]
    [InlineData("clib\nf\n)R(NNu(Ne.")]
    [InlineData("clib\nf\n)R)R.")]
    public void A_call_of_an_unknown_name_becomes_an_opaque_object(string latin1) =>
        Assert.Equal("lib.f", Assert.IsType<PickleObject>(Read(latin1)).Origin);

    [Fact]
    public void Deep_nesting_costs_no_stack() => Assert.IsType<List<object?>>(Read(new string(']', 100_000) + new string('a', 99_999) + "."));

    [Fact]
    public void Endless_work_is_refused() => Assert.Equal(
        "the pickle has more than 10000000 operations.",
        Assert.Throws<InvalidDataException>(() => Read("N" + string.Concat(Enumerable.Repeat("20", 5_000_001)) + ".")).Message);

    private static object? Read(string latin1) => Read(System.Text.Encoding.Latin1.GetBytes(latin1));

    private static object? Read(byte[] pickle)
    {
        var limit = new AllocationLimit(fileLength: 100 << 20);
        return Unpickler.Read(new MemoryStream(pickle), new TorchObjects(limit), limit);
    }
}
