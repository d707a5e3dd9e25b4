namespace LdmMl.Torch.Checkpoints;

/// <summary>Tells containers apart by their first bytes; names of files prove nothing.</summary>
internal static class CheckpointFormats
{
    private const byte PickleProtocol = 0x80;

    /// <summary>Looks at the start of a stream and goes back to it.</summary>
    /// <exception cref="InvalidDataException">The stream is empty.</exception>
    public static CheckpointFormat Detect(Stream stream)
    {
        Span<byte> start = stackalloc byte[9];
        var length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return start[..length] switch
        {
            [] => throw new InvalidDataException("the file is empty."),
            [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..] => CheckpointFormat.Zip,
            [_, _, _, _, _, _, _, 0, (byte)'{'] => CheckpointFormat.Safetensors,
            [PickleProtocol, <= 5, ..] => CheckpointFormat.Pickle,
            _ => CheckpointFormat.Unknown,
        };
    }
}
