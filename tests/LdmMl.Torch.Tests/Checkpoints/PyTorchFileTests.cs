using System.IO.Compression;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.PyTorch;
using TorchSharp;
using static LdmMl.Torch.Tests.Checkpoints.ZipFixture;

namespace LdmMl.Torch.Tests.Checkpoints;

public sealed class PyTorchFileTests : IDisposable
{
    private const string Opaque = "cmy.callbacks\nCallback\n)R";
    private static readonly string Good = Tensor("2,3", "3,1");

    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Only_the_state_dict_of_a_Lightning_checkpoint_is_read()
    {
        var path = Write($"({Opaque}NS'hyper_parameters'\n{Opaque}S'epoch'\nI3\nS'state_dict'\n{Dictionary(("w", Good))}d.");
        using var weights = StateDictionary.Read(path);
        Assert.Equal("w", Assert.Single(weights.Keys));
    }

    [Fact]
    public void Nested_names_are_joined_and_non_tensors_ignored()
    {
        var path = Write($"{Dictionary(("model", Dictionary(("w", Good), ("scale", "F0.5\n"))), ("args", Opaque), ("list", $"({Good}{Good}l"))}.");
        using var weights = PyTorchFile.Read(path);
        Assert.Equal(["model.w", "list.0", "list.1"], weights.Keys);
    }

    [Fact]
    public void Lists_that_refer_to_each_other_again_and_again_are_refused_before_their_paths_take_memory()
    {
        // 40 lists, each containing the one before twice: 2^40 paths.
        var path = Write("(lp0\n" + string.Concat(Enumerable.Range(0, 40).Select(list => $"(g{list}\ng{list}\nlp{list + 1}\n")) + ".");
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refused = Assert.Throws<CheckpointException>(() => PyTorchFile.Read(path));

        Assert.Equal("its containers refer to each other so often that the paths through them cannot be counted.", refused.Reason);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("cmy.lib\nrebuild\n)R", "'w' is an object made by 'my.lib.rebuild', and is among the tensors of a state dict.")]
    [InlineData("cmy.lib\nrebuild\n", "'w' is the name 'my.lib.rebuild', and is among the tensors of a state dict.")]
    public void An_object_among_tensors_is_refused(string value, string reason) =>
        Assert.Equal(reason, Refuse($"{Dictionary(("v", Good), ("w", value))}."));

    [Fact]
    public void A_key_that_is_not_a_string_is_refused_among_tensors() => Assert.Equal(
        "'an object made by 'my.callbacks.Callback'' is None, and is among the tensors of a state dict.",
        Refuse($"({Opaque}NS'w'\n{Good}d."));

    [Theory]
    [InlineData("N.", "it holds None without tensors; a state dict (names and tensors) is needed.")]
    [InlineData("}.", "it holds a dictionary without tensors; a state dict (names and tensors) is needed.")]
    [InlineData("(S'state_dict'\nI1\nd.", "its 'state_dict' is a Int64, not a dictionary of tensors.")]
    [InlineData("cmy.net\nNet\n)R.", "it holds an object made by 'my.net.Net' without tensors; a state dict (names and tensors) is needed.")]
    public void Files_without_tensors_are_refused(string pickle, string reason) => Assert.Equal(reason, Refuse(pickle));

    [Fact]
    public void A_tensor_without_a_name_is_refused() =>
        Assert.Equal("it holds one tensor without a name; a state dict (names and tensors) is needed.", Refuse($"{Good}."));

    [Fact]
    public void Two_tensors_with_one_joined_name_are_refused() => Assert.Equal(
        "two tensors get the key 'a.b' when the names of nested containers are joined.",
        Refuse($"{Dictionary(("a.b", Good), ("a", Dictionary(("b", Good))))}."));

    [Theory]
    [InlineData("4", "9223372036854775807", 1, "the size of tensor 'w' overflows 64 bits")]
    [InlineData("9223372036854775807,3", "0,0", 0, "the size of tensor 'w' overflows 64 bits")]
    [InlineData("17", "1", 0, "tensor 'w' reaches beyond its storage '0' of 16 elements")]
    [InlineData("16", "1", 1, "tensor 'w' reaches beyond its storage '0' of 16 elements")]
    [InlineData("4", "1,1", 0, "tensor 'w' has 1 sizes and 2 strides.")]
    [InlineData("100000000", "0", 0, "tensor 'w' of shape [100000000] takes 400000000 bytes, but its storage has 16 elements (strides [0]).")]
    public void Tensors_that_leave_their_storage_are_refused(string shape, string strides, long offset, string reason) =>
        Assert.StartsWith(reason, Refuse($"{Dictionary(("w", Tensor(shape, strides, offset)))}."), StringComparison.Ordinal);

    [Fact]
    public void Many_small_expansions_do_not_add_up()
    {
        var tensor = Tensor("4000000", "0");
        Assert.StartsWith("tensor 'w4' of shape [4000000] takes 16000000 bytes", Refuse($"{Dictionary([.. Enumerable.Range(0, 100).Select(i => ($"w{i}", tensor))])}."), StringComparison.Ordinal);
    }

    [Fact]
    public void A_storage_described_in_two_ways_is_refused() => Assert.Equal(
        "storage '0' is described in two ways.",
        Refuse($"{Dictionary(("v", Good), ("w", Tensor("4", "1", type: "torch\nHalfStorage", count: 32)))}."));

    [Fact]
    public void Names_from_a_file_cannot_flood_or_control_a_terminal()
    {
        var reason = Refuse($"{Dictionary(($"\u001b[2J{new string('x', 10_000)}", Tensor("17", "1")))}.");
        Assert.StartsWith("tensor '?[2Jxxx", reason, StringComparison.Ordinal);
        Assert.Equal(1003, reason.Length);
    }

    [Fact]
    public void A_storage_key_with_a_path_is_missing() => Assert.Equal(
        "storage '../../x' is missing: the archive has no member 'a/data/../../x'.",
        Refuse($"{Dictionary(("w", Tensor("4", "1", key: "../../x")))}."));

    [Fact]
    public void Tied_tensors_share_memory_others_are_contiguous_and_none_leaks()
    {
        var live = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (var weights = PyTorchFile.Read(Write($"{Dictionary(("a", Good), ("tied", Good), ("turned", Tensor("3,2", "1,3")))}.")))
        {
            weights["a"].fill_(Whole(1));
            Assert.Equal(1f, weights["tied"].data<float>()[0]);
            Assert.True(weights["turned"].is_contiguous());
            Assert.Equal(0f, weights["turned"].data<float>()[0]);
        }
        Assert.InRange(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount - live, 0, 1);   // what fill_ returned
    }

    [Fact]
    public void A_refused_file_leaks_no_tensor()
    {
        var live = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Refuse($"{Dictionary(("v", Good), ("w", Tensor("4", "1", key: "5")))}.");
        Assert.Equal(live, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData("(S'1'\nl.", "storage '1' is in the file, but nothing says what it holds.")]
    [InlineData("(cmy.lib\nf\n)Rp1\ng1\nbl.", "the list of storages is damaged.")]   // an object that is its own state
    [InlineData("N.", "the list of storages is damaged.")]
    [InlineData("(l.", "storage '0' is missing.")]
    public void Legacy_files_with_a_damaged_list_of_storages_are_refused(string keys, string reason)
    {
        var pickles = $"\u0080\u0002\u008a\u000a\u006c\u00fc\u009c\u0046\u00f9\u0020\u006a\u00a8\u0050\u0019.I1001\n.}}.{Dictionary(("w", Good))}.{keys}";
        var path = folder.Write("x.pt", System.Text.Encoding.Latin1.GetBytes(pickles));
        Assert.Equal(reason, Assert.Throws<CheckpointException>(() => PyTorchFile.Read(path)).Reason);
    }

    [Theory]
    [InlineData("a/data.pkl", "a/data.pkl", "the archive has the member 'a/data.pkl' twice.")]
    [InlineData("a/data.pkl", "b/data.pkl", "the zip archive has 2 members 'NAME/data.pkl' instead of one, so it is not a PyTorch checkpoint.")]
    [InlineData("data.pkl", "x", "the zip archive has 0 members 'NAME/data.pkl' instead of one, so it is not a PyTorch checkpoint.")]
    [InlineData("a/data.pkl", "a/constants.pkl", "it is a TorchScript program, not a checkpoint; save the model's state_dict() instead.")]
    public void Archives_of_another_kind_are_refused(string first, string second, string reason)
    {
        var path = folder.Write("x.pt", ZipFixture.Pack(CompressionLevel.Fastest, (first, "N."u8.ToArray()), (second, "N."u8.ToArray())));
        Assert.Equal(reason, Assert.Throws<CheckpointException>(() => PyTorchFile.Read(path)).Reason);
    }

    [Fact]
    public void A_member_with_an_impossible_size_is_refused_before_memory_is_allocated()
    {
        var zip = ZipFixture.Pack(CompressionLevel.Fastest, ("a/data.pkl", new byte[100]));
        var directory = zip.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(zip.AsSpan(directory + 24), 0x7fff_ffffu);   // the size without compression
        Assert.StartsWith(
            "member 'a/data.pkl' claims to hold 2147483647 bytes in",
            Assert.Throws<CheckpointException>(() => PyTorchFile.Read(folder.Write("x.pt", zip))).Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_absent_or_of_another_kind_are_refused_by_name()
    {
        var path = folder.File("absent.pt");
        Assert.Equal($"Checkpoint '{path}': there is no such file.", Assert.Throws<CheckpointException>(() => StateDictionary.Read(path)).Message);
        path = folder.Write("x.pt", "hello world"u8.ToArray());
        Assert.Equal("it is neither a safetensors file nor a PyTorch checkpoint (zip or pickle).", Assert.Throws<CheckpointException>(() => StateDictionary.Read(path)).Reason);
    }

    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void Checksums_are_those_of_the_standard(string text, uint expected)
    {
        var crc = default(Crc32);
        var bytes = System.Text.Encoding.ASCII.GetBytes(text).AsSpan();
        crc.Append(bytes[..(bytes.Length / 3)]);
        crc.Append(bytes[(bytes.Length / 3)..]);
        Assert.Equal(expected, crc.Value);
    }

    public void Dispose() => folder.Dispose();

    private string Write(string pickle) => folder.Write("x.pt", ZipFixture.Pack(pickle));

    private string Refuse(string pickle)
    {
        var path = Write(pickle);
        var error = Assert.Throws<CheckpointException>(() => PyTorchFile.Read(path));
        Assert.Equal(path, error.Path);
        return error.Reason;
    }
}
