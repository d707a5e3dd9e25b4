using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Checkpoints;

public sealed class SafetensorsFileTests
{
    public static TheoryData<ScalarType> DataTypes =>
    [
        ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.ComplexFloat32, ScalarType.Int64,
        ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
    ];

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

    private static Tensor Random(long[] shape, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        return scope.MoveToOuter((rand(shape, generator: generator) * 100 - 20).to_type(type));
    }
}
