namespace LdmMl.Torch.Onnx;

/// <summary>One axis of an input or output: a fixed length, or a name for a length that each call chooses.</summary>
internal readonly record struct GraphAxis(long Length, string? Name)
{
    public static implicit operator GraphAxis(long length) => new(length, null);

    public static implicit operator GraphAxis(string name) => new(0, name);
}
