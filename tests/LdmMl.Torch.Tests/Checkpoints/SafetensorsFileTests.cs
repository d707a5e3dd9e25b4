using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Checkpoints;

public sealed class SafetensorsFileTests
{
    private static readonly ScalarType[] Types =
    [
        ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.ComplexFloat32, ScalarType.Int64,
        ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
    ];

    public static TheoryData<ScalarType> DataTypes => [.. Types];

    [Theory]
    [MemberData(nameof(DataTypes))]
    public void Every_data_type_and_odd_shape_survives_writing_and_reading(ScalarType type)
    {
        TorchRuntime.EnsureLoaded();
        var live = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (var tensors = new StateDictionary())
        {
            long[][] shapes = [[], [0], [3, 0, 2], [1], [2, 3, 5]];
            foreach (var shape in shapes)
                tensors.Add($"x[{string.Join(',', shape)}]", Random(shape, type));
            using var stream = new MemoryStream();
            SafetensorsFile.Write(stream, tensors, new Dictionary<string, string> { ["format"] = "pt", ["über"] = "a \"b\" <c>" });
            stream.Position = 0;
            using var read = SafetensorsFile.Read(stream, "memory");

            Assert.Equal("a \"b\" <c>", read.Metadata["über"]);
            Assert.Equal(tensors.Count, read.Count);
            foreach (var (key, tensor) in tensors)
            {
                Assert.Equal(type, read[key].dtype);
                Assert.Equal(tensor.shape, read[key].shape);
                Assert.True(read[key].bytes.SequenceEqual(tensor.bytes), key);
            }
        }
        Assert.Equal(live, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Any_names_shapes_and_strings_survive_writing_and_reading() =>
        Gen.Select(
            Gen.Dictionary(Gen.String[Gen.Char["abc.é\"\\/你\n<"], 0, 12], Gen.Select(Gen.Long[0, 4].Array[0, 5], Gen.Int[0, Types.Length - 1]))[0, 8],
            Gen.Dictionary(Gen.String[Gen.Char["abc.é\"\\"], 0, 8], Gen.String[Gen.Char["xyz é\"\t"], 0, 8])[0, 4])
        .Sample(
            (items, metadata) =>
            {
                using var tensors = new StateDictionary();
                foreach (var (key, (shape, type)) in items)
                    tensors.Add(key, Random(shape, Types[type]));
                using var stream = new MemoryStream();
                SafetensorsFile.Write(stream, tensors, metadata);
                stream.Position = 0;
                using var read = SafetensorsFile.Read(stream, "memory");
                return read.Count == tensors.Count
                    && read.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal).SequenceEqual(metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                    && tensors.All(pair => read[pair.Key].dtype == pair.Value.dtype && read[pair.Key].shape.SequenceEqual(pair.Value.shape)
                        && read[pair.Key].bytes.SequenceEqual(pair.Value.bytes));
            },
            iter: 100);

    [RealDataFact]
    public void A_file_of_the_official_writer_is_reproduced_byte_for_byte()
    {
        var path = Path.Combine(RealData.SharedData!, "taesd", "taesd", "taesd_encoder.safetensors");
        using var read = SafetensorsFile.Read(path);
        using var stream = new MemoryStream();
        SafetensorsFile.Write(stream, read, read.Metadata);
        Assert.True(stream.ToArray().AsSpan().SequenceEqual(File.ReadAllBytes(path)));
    }

    [Fact]
    public void Wide_types_come_first_then_names_and_the_data_is_aligned()
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        SafetensorsFile.Write(stream, [Pair("b", ones(1)), Pair("a", ones(1, dtype: ScalarType.Float16)), Pair("c", ones(1, dtype: ScalarType.Int64)), Pair("a2", ones(1))]);

        var bytes = stream.ToArray();
        var length = (int)BitConverter.ToUInt64(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(
            """{"c":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"a2":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},"a":{"dtype":"F16","shape":[1],"data_offsets":[16,18]}}""",
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal(8 + length + 18, bytes.Length);
    }

    [Fact]
    public void Tensors_of_any_stride_are_written_in_row_major_order()
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        var six = arange(Real(6));
        SafetensorsFile.Write(stream, [Pair("turned", six.view(2, 3).t()), Pair("expanded", ones(1, 1).expand(2, 2)), Pair("part", six.narrow(0, 2, 3))]);
        stream.Position = 0;
        using var read = SafetensorsFile.Read(stream, "memory");

        Assert.Equal([0f, 3, 1, 4, 2, 5], read["turned"].data<float>().ToArray());
        Assert.Equal([1f, 1, 1, 1], read["expanded"].data<float>().ToArray());
        Assert.Equal([2f, 3, 4], read["part"].data<float>().ToArray());
    }

    [Fact]
    public void A_slow_stream_without_seeking_is_read_and_damage_is_found()
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        SafetensorsFile.Write(stream, [Pair("x", arange(Real(100f)))]);
        var bytes = stream.ToArray();

        using var read = SafetensorsFile.Read(new TricklingStream(bytes), "memory");
        Assert.Equal(99f, read["x"].data<float>()[99]);
        Assert.Equal("it ends within tensor 'x'.", Refuse(bytes[..^1]));
        Assert.Equal("it ends within the header of 64 bytes.", Refuse(bytes[..20]));
        Assert.Equal("bytes follow the last tensor.", Refuse([.. bytes, 0]));

        static string Refuse(byte[] damaged) => Assert.Throws<CheckpointException>(() => SafetensorsFile.Read(new TricklingStream(damaged), "memory")).Reason;
    }

    [Fact]
    public void Tensors_that_cannot_be_written_are_refused_and_the_existing_file_is_kept()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var path = folder.File("x.safetensors");
        SafetensorsFile.Write(path, [Pair("x", ones(1))]);

        Assert.StartsWith("The key 'x' is used twice", Refuse(Pair("x", ones(1)), Pair("x", ones(1))), StringComparison.Ordinal);
        Assert.StartsWith("The key '__metadata__' is used twice, or reserved", Refuse(Pair("__metadata__", ones(1))), StringComparison.Ordinal);
        Assert.Equal("Tensor 'x' is ComplexFloat64, which safetensors lacks; convert it first.", Refuse(Pair("x", zeros(1, dtype: ScalarType.ComplexFloat64))));

        using var read = SafetensorsFile.Read(path);
        Assert.Equal("x", Assert.Single(read.Keys));
        Assert.Equal([path], Directory.EnumerateFiles(folder.Path));

        string Refuse(params KeyValuePair<string, Tensor>[] tensors) => Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(path, tensors)).Message;
    }

    [Fact]
    public void A_tensor_larger_than_a_span_is_passed_in_parts()
    {
        using var tensor = arange(Whole(10), dtype: ScalarType.Int32);
        var parts = new List<int>();
        TensorMemory.ForEachSpan(tensor, bytes => parts.AddRange(MemoryMarshal.Cast<byte, int>(bytes).ToArray().Append(-1)), largestSpan: 17);
        Assert.Equal([0, 1, 2, 3, -1, 4, 5, 6, 7, -1, 8, 9, -1], parts);
    }

    private static KeyValuePair<string, Tensor> Pair(string key, Tensor tensor) => new(key, tensor);

    private static Tensor Random(long[] shape, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        return scope.MoveToOuter((rand(shape, generator: generator) * Real(100) - Real(20)).to_type(type));
    }

    private sealed class TricklingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 7)]);
    }
}
