using LdmMl.Torch.Checkpoints.Pickles;
using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>The type of a storage's elements.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="ScalarType">TorchSharp's type, or null if it has none.</param>
/// <param name="ByteSize">Bytes of one element; 0 if there is no such type.</param>
internal sealed record StorageType(string Name, ScalarType? ScalarType, int ByteSize)
{
    private static readonly Dictionary<string, StorageType> Known = new[]
    {
        new StorageType("torch.DoubleStorage", TorchSharp.torch.ScalarType.Float64, 8),
        new StorageType("torch.FloatStorage", TorchSharp.torch.ScalarType.Float32, 4),
        new StorageType("torch.HalfStorage", TorchSharp.torch.ScalarType.Float16, 2),
        new StorageType("torch.BFloat16Storage", TorchSharp.torch.ScalarType.BFloat16, 2),
        new StorageType("torch.LongStorage", TorchSharp.torch.ScalarType.Int64, 8),
        new StorageType("torch.IntStorage", TorchSharp.torch.ScalarType.Int32, 4),
        new StorageType("torch.ShortStorage", TorchSharp.torch.ScalarType.Int16, 2),
        new StorageType("torch.CharStorage", TorchSharp.torch.ScalarType.Int8, 1),
        new StorageType("torch.ByteStorage", TorchSharp.torch.ScalarType.Byte, 1),
        new StorageType("torch.UntypedStorage", TorchSharp.torch.ScalarType.Byte, 1),
        new StorageType("torch.BoolStorage", TorchSharp.torch.ScalarType.Bool, 1),
        new StorageType("torch.ComplexFloatStorage", TorchSharp.torch.ScalarType.ComplexFloat32, 8),
        new StorageType("torch.ComplexDoubleStorage", TorchSharp.torch.ScalarType.ComplexFloat64, 16),
    }.ToDictionary(type => type.Name.Split('.')[1], StringComparer.Ordinal);

    /// <summary>Finds the type for a storage class, <c>torch.FloatStorage</c>.</summary>
    public static StorageType OfStorage(PickleGlobal name) =>
        Known.TryGetValue(name.Name, out var type) ? type : new StorageType(name.FullName, ScalarType: null, ByteSize: 0);

    /// <summary>Determines whether a name is a data type such as <c>torch.float32</c>.</summary>
    public static bool IsDataType(PickleGlobal name) => name is
    {
        Module: "torch",
        Name: "float64" or "float32" or "float16" or "bfloat16" or "int64" or "int32" or "int16" or "int8" or "uint8"
            or "bool" or "complex64" or "complex128",
    };
}
