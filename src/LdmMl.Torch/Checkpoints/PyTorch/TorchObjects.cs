using LdmMl.Torch.Checkpoints.Pickles;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>
/// What names and calls mean in a PyTorch checkpoint. Tensors, parameters, ordered dictionaries and plain data are known;
/// everything else (callbacks, hyper-parameters, optimisers) becomes an opaque <see cref="PickleObject"/>.
/// </summary>
/// <param name="limit">What they may allocate.</param>
internal sealed class TorchObjects(AllocationLimit limit) : IPickleObjects
{
    private readonly Dictionary<string, StorageReference> storages = new(StringComparer.Ordinal);

    /// <summary>Gets every storage that the pickle references, by key.</summary>
    public IReadOnlyDictionary<string, StorageReference> Storages => storages;

    /// <inheritdoc/>
    public object Name(string module, string name)
    {
        var global = new PickleGlobal(module, name);
        RefusedGlobals.Check(global);
        return global;
    }

    /// <inheritdoc/>
    public object? Call(object? callable, object? arguments)
    {
        var items = arguments is PickleTuple tuple ? tuple.Items : [];
        return (callable as PickleGlobal)?.FullName switch
        {
            "torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2" => Tensor(items),
            "torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state" when items is [TensorReference data, ..] => data,
            "torch.nn.parameter.Parameter" when items is [TensorReference data, ..] => data,
            "torch._tensor._rebuild_from_type_v2" when items is [var rebuild, _, PickleTuple rebuildArguments, ..] =>
                Call(rebuild, rebuildArguments, nested: true),
            "collections.OrderedDict" => Dictionary(items),
            "collections.defaultdict" => new PickleDictionary(),
            "torch.Size" when items is [PickleTuple sizes, ..] => sizes,
            "builtins.set" or "builtins.frozenset" or "__builtin__.set" or "__builtin__.frozenset" when items is [List<object?> members, ..] =>
                members,
            "builtins.complex" or "__builtin__.complex" or "builtins.bytearray" or "__builtin__.bytearray" or "builtins.slice" or "__builtin__.slice"
                or "_codecs.encode" or "torch.device" or "numpy.core.multiarray.scalar" or "numpy._core.multiarray.scalar" or "numpy.dtype" =>
                new PlainData(),
            _ => new PickleObject(Describe(callable)),
        };
    }

    /// <inheritdoc/>
    public object? Persistent(object? id) => id switch
    {
        PickleTuple { Items: ["storage", PickleGlobal type, string key, _, long count] } => Storage(key, type, count),
        PickleTuple { Items: ["storage", PickleGlobal type, string key, _, long count, null] } => Storage(key, type, count),
        PickleTuple { Items: ["storage", ..] } => throw new InvalidDataException(
            "a storage is a view of another or is described in an unknown way; save the file again with a newer PyTorch."),
        PickleTuple { Items: ["module", var type, ..] } => type,   // a class with its source, as in checkpoints from before state dicts
        _ => throw new InvalidDataException("the pickle has a persistent id that is not a storage."),
    };

    private StorageReference Storage(string key, PickleGlobal type, long count)
    {
        var storage = new StorageReference(key, StorageType.OfStorage(type), count);
        return storages.TryAdd(key, storage) || storages[key] == storage
            ? storage
            : throw new InvalidDataException($"storage '{key}' is described in two ways.");
    }

    // A call within a call, at most once: the depth of the file must not become the depth of the stack.
    private object? Call(object? callable, PickleTuple arguments, bool nested) =>
        nested && callable is PickleGlobal { Module: "torch._tensor" } ? new PickleObject(Describe(callable)) : Call(callable, arguments);

    private static TensorReference Tensor(IReadOnlyList<object?> items) =>
        items is [StorageReference storage, long offset, PickleTuple size, PickleTuple stride, ..]
            ? new TensorReference(storage, offset, Integers(size), Integers(stride))
            : throw new InvalidDataException("a tensor is described in an unknown way.");

    private static long[] Integers(PickleTuple tuple)
    {
        var numbers = new long[tuple.Items.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = tuple.Items[i] is long number ? number : throw new InvalidDataException(
                "the shape or the strides of a tensor are not whole numbers of 64 bits.");
        }

        return numbers;
    }

    private PickleDictionary Dictionary(IReadOnlyList<object?> items)
    {
        var dictionary = new PickleDictionary();
        if (items is [List<object?> pairs])   // Python 2 gives the content as an argument
        {
            dictionary.MakeRoom(pairs.Count, limit);
            foreach (var pair in pairs)
            {
                var (key, value) = pair switch
                {
                    PickleTuple { Items: [var k, var v] } => (k, v),
                    List<object?> { Count: 2 } two => (two[0], two[1]),
                    _ => throw new InvalidDataException("an ordered dictionary is made of values that are not pairs."),
                };
                dictionary.Set(key, value);
            }
        }
        return dictionary;
    }

    private static string Describe(object? callable) => callable switch
    {
        PickleGlobal name => name.FullName,
        PickleObject value => value.Origin,
        _ => "an unknown function",
    };
}
