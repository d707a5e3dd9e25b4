namespace LdmMl.Torch.Checkpoints.Safetensors;

/// <summary>What the header says about one tensor.</summary>
/// <param name="Key">Its key.</param>
/// <param name="DataType">The type of its elements.</param>
/// <param name="Shape">Its shape; none of the sizes is negative.</param>
/// <param name="Start">Its first byte, counted from the end of the header.</param>
/// <param name="End">The byte after its last.</param>
internal sealed record SafetensorsEntry(string Key, SafetensorsDataType DataType, long[] Shape, long Start, long End);
