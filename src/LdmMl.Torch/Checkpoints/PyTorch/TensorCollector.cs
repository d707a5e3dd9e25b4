using System.Globalization;
using LdmMl.Torch.Checkpoints.Pickles;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>
/// Finds the tensors of a checkpoint and assigns each a key. Of a Lightning checkpoint only its <c>state_dict</c> is read; in others nested
/// dictionaries, lists and modules are joined by dots (<c>model.encoder.w</c>, <c>list.0</c>). Other numbers, strings and objects are ignored,
/// but in a dictionary that itself holds tensors an object is refused, because it replaces a weight.
/// </summary>
internal sealed class TensorCollector
{
    private const string LightningKey = "state_dict";
    private const int DeepestNesting = 64;
    private const int TensorCost = 64;
    private const int TensorBytes = 1024;   // what one takes here and in libtorch, its elements apart

    // Shared containers can create more paths than any file has bytes. The budget limits how many are walked.
    private const long LeastBudget = 100_000;
    private const long BudgetPerByte = 64;

    private readonly AllocationLimit limit;
    private readonly List<string> path = [];
    private long budget;

    private readonly List<NamedTensor> found = [];
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);

    private TensorCollector(AllocationLimit limit, long budget) => (this.limit, this.budget) = (limit, budget);

    /// <summary>Collects the tensors below the value that a pickle holds.</summary>
    /// <param name="root">The value.</param>
    /// <param name="length">The length of the pickle in bytes; a longer one may have more tensors.</param>
    /// <param name="limit">What their names may allocate.</param>
    /// <exception cref="InvalidDataException">There are none, or something else is in place of one.</exception>
    public static IReadOnlyList<NamedTensor> Collect(object? root, long length, AllocationLimit limit)
    {
        if (root is TensorReference)
            throw new InvalidDataException("it holds one tensor without a name; a state dict (names and tensors) is needed.");
        var collector = new TensorCollector(limit, LeastBudget + (BudgetPerByte * length));
        collector.Visit(Unwrap(root));
        return collector.found.Count > 0
            ? collector.found
            : throw new InvalidDataException($"it holds {Describe(root)} without tensors; a state dict (names and tensors) is needed.");
    }

    private static object? Unwrap(object? root)
    {
        if (root is not PickleDictionary dictionary || !dictionary.ContainsKey(LightningKey))
            return root;
        return dictionary[LightningKey] is PickleDictionary or PickleObject { State: PickleDictionary }
            ? dictionary[LightningKey]
            : throw new InvalidDataException($"its '{LightningKey}' is {Describe(dictionary[LightningKey])}, not a dictionary of tensors.");
    }

    private void Visit(object? value)
    {
        Spend(1);
        if (path.Count > DeepestNesting)
            throw new InvalidDataException($"its containers are nested deeper than {DeepestNesting}.");
        switch (value)
        {
            case TensorReference tensor:
                Add(tensor);
                break;
            case PickleDictionary dictionary:
                VisitDictionary(dictionary);
                break;
            case List<object?> list:
                VisitItems(list);
                break;
            case PickleTuple tuple:
                VisitItems(tuple.Items);
                break;
            case PickleObject { State: PickleDictionary state } when ModuleState.IsModule(state):
                foreach (var (name, member) in ModuleState.Members(state))
                    Visit(name, member);
                break;
        }
    }

    private void Visit(string name, object? value)
    {
        path.Add(name);
        Visit(value);
        path.RemoveAt(path.Count - 1);
    }

    private void VisitDictionary(PickleDictionary dictionary)
    {
        var holdsTensors = dictionary.Items.Any(item => item.Value is TensorReference);
        foreach (var (key, value) in dictionary.Items)
        {
            var name = key as string ?? (key as long?)?.ToString(CultureInfo.InvariantCulture);
            if (holdsTensors && (name is null || !IsData(value)))
            {
                path.Add(name ?? Describe(key));
                throw new InvalidDataException($"'{string.Join('.', path)}' is {Describe(value)}, and is among the tensors of a state dict.");
            }

            if (name is not null && IsContainer(value))
                Visit(name, value);
            else
                Spend(1);
        }
    }

    private void VisitItems(IReadOnlyList<object?> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (IsContainer(items[i]))
                Visit(i.ToString(CultureInfo.InvariantCulture), items[i]);
            else
                Spend(1);
        }
    }

    private void Add(TensorReference tensor)
    {
        Spend(TensorCost);
        limit.Check(sizeof(char) * path.Sum(name => 1L + name.Length));
        var key = string.Join('.', path);
        limit.MakeRoom(found, 1);
        limit.CheckResult(TensorBytes * (1L + found.Count));
        if (!keys.Add(key))
            throw new InvalidDataException($"two tensors get the key '{key}' when the names of nested containers are joined.");
        found.Add(new NamedTensor(key, tensor));
    }

    private void Spend(int cost)
    {
        limit.Check();
        budget -= cost;
        if (budget < 0)
            throw new InvalidDataException("its containers refer to each other so often that the paths through them cannot be counted.");
    }

    private static bool IsContainer(object? value) => value is TensorReference or PickleDictionary or List<object?> or PickleTuple or PickleObject;

    private static bool IsData(object? value) => value switch
    {
        PickleObject { State: PickleDictionary state } => ModuleState.IsModule(state),
        PickleGlobal name => StorageType.IsDataType(name),
        PickleObject or StorageReference => false,
        _ => true,
    };

    private static string Describe(object? value) => value switch
    {
        PickleObject made => $"an object made by '{made.Origin}'",
        PickleGlobal name => $"the name '{name}'",
        PickleDictionary => "a dictionary",
        List<object?> => "a list",
        PickleTuple => "a tuple",
        null => "None",
        _ => $"a {value.GetType().Name}",
    };
}
