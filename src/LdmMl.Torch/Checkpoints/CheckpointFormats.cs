namespace LdmMl.Torch.Checkpoints;

/// <summary>Detects formats by their first bytes; file names prove nothing.</summary>
internal static class CheckpointFormats
{
    private const byte PickleProtocol = 0x80;

    private static readonly string[] Extensions = [".ckpt", ".safetensors", ".pt", ".pth", ".bin"];

    /// <summary>Finds the files of a folder with a checkpoint's extension, ignoring case.</summary>
    /// <returns>Their paths, in order.</returns>
    public static string[] FilesIn(string folder) =>
        [.. Directory.EnumerateFiles(folder)
            .Where(path => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)];

    /// <summary>Inspects the start of a stream and seeks back to it.</summary>
    /// <exception cref="InvalidDataException">The stream is empty, or a pointer to a file stored elsewhere.</exception>
    public static CheckpointFormat Detect(Stream stream)
    {
        Span<byte> start = stackalloc byte[23];
        var length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return start[..length] switch
        {
            [] => throw new InvalidDataException("the file is empty."),
            [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..] => CheckpointFormat.Zip,
            [_, _, _, _, _, _, _, 0, (byte)'{', ..] => CheckpointFormat.Safetensors,
            [PickleProtocol, <= 5, ..] => CheckpointFormat.Pickle,
            var text when text.SequenceEqual("version https://git-lfs"u8) => throw new InvalidDataException(
                "it is a Git LFS pointer: the file itself was not downloaded. Run 'git lfs pull' in its repository."),
            _ => CheckpointFormat.Unknown,
        };
    }
}
