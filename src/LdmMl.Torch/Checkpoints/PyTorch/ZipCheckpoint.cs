using LdmMl.Torch.Checkpoints.Pickles;
using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>The zip format (PyTorch 1.6 and later): <c>NAME/data.pkl</c> describes the tensors, <c>NAME/data/KEY</c> are the storages.</summary>
internal sealed class ZipCheckpoint : IStorages
{
    private const string PickleName = "data.pkl";
    private const long LargestPickle = 256L << 20;   // bytes; published ones have a few megabytes

    private readonly ZipMembers members;
    private readonly MappedFile? mapped;
    private readonly Dictionary<string, (long Start, long Length)> inPlace;
    private readonly string folder;

    private ZipCheckpoint(ZipMembers members, MappedFile? mapped, Dictionary<string, (long Start, long Length)> inPlace)
    {
        this.members = members;
        this.mapped = mapped;
        this.inPlace = inPlace;
        folder = FindFolder(members);
    }

    /// <summary>
    /// Reads a checkpoint. Storages of a large file that are not compressed, as PyTorch writes them, are views of it: their bytes are read when they are
    /// used, and their checksums are not verified.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="smallestMapped">From how many bytes on a file is large.</param>
    /// <exception cref="InvalidDataException">It is damaged, or asks for what is refused.</exception>
    public static StateDictionary Read(Stream stream, long smallestMapped = MappedFile.SmallestLarge)
    {
        using var archive = new ZipMembers(stream);
        var limit = new AllocationLimit(stream.Length);
        var file = stream.Length >= smallestMapped ? stream as FileStream : null;
        using var mapped = file is null ? null : MappedFile.TryOpen(file);
        var checkpoint = new ZipCheckpoint(archive, mapped, file is null || mapped is null ? [] : StoredMembers.Find(file));
        checkpoint.CheckByteOrder();
        using var pickle = new MemoryStream(archive.Read(checkpoint.folder + PickleName, LargestPickle));
        var root = Unpickler.Read(pickle, new TorchObjects(limit), limit);
        return TensorBuilder.Build(TensorCollector.Collect(root, pickle.Length, limit), checkpoint, EmbeddingName.Of(root));
    }

    /// <inheritdoc/>
    public IEnumerable<(StorageReference Storage, Tensor Content)> Read(IReadOnlyCollection<StorageReference> wanted)
    {
        foreach (var storage in wanted)
            yield return (storage, Read(storage));
    }

    private Tensor Read(StorageReference storage)
    {
        var name = $"{folder}data/{storage.Key}";
        var needed = checked(storage.Count * storage.Type.ByteSize);
        var length = members.Length(name) ?? throw new InvalidDataException(
            $"storage '{storage.Key}' is missing: the archive has no member '{name}'.");
        if (length != needed)
        {
            throw new InvalidDataException(
                $"storage '{storage.Key}' has {length} bytes, but {storage.Count} elements of {storage.Type.Name} need {needed}.");
        }

        if (inPlace.TryGetValue(name, out var place) && place.Length == needed
            && mapped?.TryView(place.Start, needed, [storage.Count], storage.Type.ScalarType!.Value, storage.Type.ByteSize) is { } view)
        {
            return view;
        }

        var content = empty([storage.Count], dtype: storage.Type.ScalarType!.Value, device: CPU);
        try
        {
            members.Read(name, target => TensorMemory.ForEachSpan(content, target));
            return content;
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    private static string FindFolder(ZipMembers members)
    {
        var pickles = members.Names.Where(name => name.Split('/') is [_, PickleName]).ToArray();
        if (pickles.Length == 0 && members.Names.Any(IsOfMlNet))
        {
            throw new InvalidDataException(
                "it is a model of ML.NET, not a checkpoint. Open it with mlContext.Model.Load; save the network that it holds to a folder to open it here.");
        }

        if (pickles is not [var pickle])
        {
            throw new InvalidDataException(
                $"the zip archive has {pickles.Length} members 'NAME/{PickleName}' instead of one, so it is not a PyTorch checkpoint.");
        }

        var prefix = pickle[..^PickleName.Length];
        return members.Length(prefix + "constants.pkl") is null
            ? prefix
            : throw new InvalidDataException("it is a TorchScript program, not a checkpoint; save the model's state_dict() instead.");
    }

    private static bool IsOfMlNet(string name) =>
        name.EndsWith("Model.key", StringComparison.Ordinal) || name.EndsWith("TrainingInfo/Version.txt", StringComparison.Ordinal);

    private void CheckByteOrder()
    {
        var name = folder + "byteorder";
        if (members.Length(name) is not null && !members.Read(name, most: 16).AsSpan().SequenceEqual("little"u8))
        {
            throw new InvalidDataException(
                $"member '{name}' says that the storages are not little-endian, which is not supported; " +
                "save the file again on a little-endian machine.");
        }
    }
}
