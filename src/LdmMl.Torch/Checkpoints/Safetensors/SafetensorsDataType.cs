using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints.Safetensors;

/// <summary>A data type that both the format and TorchSharp support.</summary>
/// <param name="Name">Its name in the header; case matters.</param>
/// <param name="ScalarType">TorchSharp's type.</param>
/// <param name="ByteSize">Bytes of one element.</param>
/// <param name="Rank">Its place in the official list of types; the official writer puts higher ranks first, so that wide types are aligned.</param>
internal sealed record SafetensorsDataType(string Name, ScalarType ScalarType, int ByteSize, int Rank)
{
    private static readonly SafetensorsDataType[] Known =
    [
        new("BOOL", ScalarType.Bool, 1, 0),
        new("U8", ScalarType.Byte, 1, 1),
        new("I8", ScalarType.Int8, 1, 2),
        new("I16", ScalarType.Int16, 2, 3),
        new("F16", ScalarType.Float16, 2, 4),
        new("BF16", ScalarType.BFloat16, 2, 5),
        new("I32", ScalarType.Int32, 4, 6),
        new("F32", ScalarType.Float32, 4, 7),
        new("C64", ScalarType.ComplexFloat32, 8, 8),
        new("F64", ScalarType.Float64, 8, 9),
        new("I64", ScalarType.Int64, 8, 10),
    ];

    /// <summary>Finds the type with a header's name.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static SafetensorsDataType Of(string name) =>
        Array.Find(Known, type => type.Name == name)
        ?? throw new InvalidDataException(
            $"the data type '{name}' is not supported; supported are {string.Join(", ", Known.Select(type => type.Name))}.");

    /// <summary>Finds the type for a tensor's.</summary>
    /// <exception cref="ArgumentException">The format has none.</exception>
    public static SafetensorsDataType Of(ScalarType scalarType, string key) =>
        Array.Find(Known, type => type.ScalarType == scalarType)
        ?? throw new ArgumentException($"Tensor '{key}' is {scalarType}, which safetensors lacks; convert it first.");
}
