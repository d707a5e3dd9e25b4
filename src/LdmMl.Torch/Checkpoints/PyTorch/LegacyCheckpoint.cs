using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using LdmMl.Torch.Checkpoints.Pickles;
using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>
/// The format before PyTorch 1.6: pickles of a magic number, a version, facts about the writer, the checkpoint and the storages' keys,
/// then each storage as a 64-bit element count and its bytes. Bytes are little-endian on every machine.
/// </summary>
internal sealed class LegacyCheckpoint : IStorages
{
    private const long ProtocolVersion = 1001;
    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private readonly Stream stream;
    private readonly AllocationLimit limit;
    private readonly TorchObjects objects;

    private LegacyCheckpoint(Stream stream)
    {
        this.stream = stream;
        limit = new AllocationLimit(stream.Length);
        objects = new TorchObjects(limit);
    }

    /// <summary>Reads a checkpoint from a seekable stream.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or asks for what is refused.</exception>
    public static StateDictionary Read(Stream stream)
    {
        using var buffered = new BufferedStream(stream, 64 << 10);
        var checkpoint = new LegacyCheckpoint(buffered);
        if (checkpoint.ReadPickle() is not BigInteger magic || magic != Magic)
            throw new InvalidDataException("it is a pickle without PyTorch's magic number: no checkpoint, or a damaged one.");
        if (checkpoint.ReadPickle() is not ProtocolVersion)
            throw new InvalidDataException($"the version of the legacy format is not {ProtocolVersion}.");
        _ = checkpoint.ReadPickle();   // sizes of C types on the writer's machine
        var root = checkpoint.ReadPickle();
        return TensorBuilder.Build(TensorCollector.Collect(root, buffered.Position, checkpoint.limit), checkpoint, EmbeddingName.Of(root));
    }

    /// <inheritdoc/>
    public IEnumerable<(StorageReference Storage, Tensor Content)> Read(IReadOnlyCollection<StorageReference> wanted)
    {
        var missing = wanted.ToDictionary(storage => storage.Key, StringComparer.Ordinal);
        var keys = ReadPickle() as List<object?> ?? throw new InvalidDataException("the list of storages is damaged.");
        foreach (var key in keys)
        {
            if (missing.Count == 0)
                yield break;
            if (key is not string name)
                throw new InvalidDataException("the list of storages is damaged.");
            if (!objects.Storages.TryGetValue(name, out var storage))
                throw new InvalidDataException($"storage '{name}' is in the file, but nothing says what it holds.");
            var bytes = ReadLength(storage);
            if (missing.Remove(storage.Key))
                yield return (storage, ReadContent(storage));
            else
                stream.Seek(bytes, SeekOrigin.Current);
        }
        if (missing.Count > 0)
            throw new InvalidDataException($"storage '{missing.Keys.First()}' is missing.");
    }

    private object? ReadPickle() => Unpickler.Read(stream, objects, limit);

    private long ReadLength(StorageReference storage)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new InvalidDataException($"the file ends before storage '{storage.Key}'.");
        var count = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        if (count != storage.Count)
            throw new InvalidDataException($"storage '{storage.Key}' has {count} elements, but the pickle says {storage.Count}.");
        if (storage.Type.ByteSize == 0)
            throw new InvalidDataException($"storage '{storage.Key}' has the unsupported type '{storage.Type.Name}'.");
        var left = stream.Length - stream.Position;
        if (count < 0 || count > left / storage.Type.ByteSize)
        {
            throw new InvalidDataException(
                $"the file is cut short: storage '{storage.Key}' has {count} elements of {storage.Type.Name}, but only {left} bytes are left.");
        }

        return count * storage.Type.ByteSize;
    }

    private Tensor ReadContent(StorageReference storage)
    {
        var content = empty([storage.Count], dtype: storage.Type.ScalarType!.Value, device: CPU);
        try
        {
            TensorMemory.Fill(content, stream);
            return content;
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }
}
