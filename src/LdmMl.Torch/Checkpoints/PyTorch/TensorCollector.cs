using System.Globalization;
using LdmMl.Torch.Checkpoints.Pickles;

namespace LdmMl.Torch.Checkpoints.PyTorch;

/// <summary>
/// Finds the tensors of a checkpoint and assigns each a key. Of a Lightning checkpoint only its <c>state_dict</c> is read; in others nested
/// dictionaries, lists and modules are joined by dots (<c>model.encoder.w</c>, <c>list.0</c>). Numbers, strings and objects beside them are ignored,
/// but in a dictionary that itself holds tensors an object is refused, because it replaces a weight.
/// </summary>
internal sealed class TensorCollector
{
    private const string LightningKey = "state_dict";
    private const int DeepestNesting = 64;
    private const int TensorCost = 64;

    // Shared containers can create more paths than any file has bytes. The budget limits paths and the characters of their keys together.
    private const long LeastBudget = 100_000;
    private const long BudgetPerByte = 64;
    private long budget;

    private readonly List<NamedTensor> found = [];
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);

    /// <summary>Collects the tensors below the value that a pickle holds.</summary>
    /// <param name="root">The value.</param>
    /// <param name="length">The length of the pickle in bytes; a longer one may have more tensors with longer keys.</param>
    /// <exception cref="InvalidDataException">There are none, or something else is in place of one.</exception>
    public static IReadOnlyList<NamedTensor> Collect(object? root, long length)
    {
        if (root is TensorReference)
            throw new InvalidDataException("it holds one tensor without a name; a state dict (names and tensors) is needed.");
        var collector = new TensorCollector { budget = LeastBudget + (BudgetPerByte * length) };
        collector.Visit(Unwrap(root), path: "", depth: 0);
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

    private void Visit(object? value, string path, int depth)
    {
        Spend(1);
        if (depth > DeepestNesting)
            throw new InvalidDataException($"its containers are nested deeper than {DeepestNesting}.");
        switch (value)
        {
            case TensorReference tensor:
                Add(path, tensor);
                break;
            case PickleDictionary dictionary:
                VisitDictionary(dictionary, path, depth);
                break;
            case List<object?> list:
                VisitItems(list, path, depth);
                break;
            case PickleTuple tuple:
                VisitItems(tuple.Items, path, depth);
                break;
            case PickleObject { State: PickleDictionary state } when ModuleState.IsModule(state):
                foreach (var (name, member) in ModuleState.Members(state))
                    Visit(member, Join(path, name), depth + 1);
                break;
        }
    }

    private void VisitDictionary(PickleDictionary dictionary, string path, int depth)
    {
        var holdsTensors = dictionary.Items.Any(item => item.Value is TensorReference);
        foreach (var (key, value) in dictionary.Items)
        {
            var name = key as string ?? (key as long?)?.ToString(CultureInfo.InvariantCulture);
            if (holdsTensors && (name is null || !IsData(value)))
            {
                throw new InvalidDataException(
                    $"'{Join(path, name ?? Describe(key))}' is {Describe(value)}, and is among the tensors of a state dict.");
            }

            if (name is not null && IsContainer(value))
                Visit(value, Join(path, name), depth + 1);
            else
                Spend(1);
        }
    }

    private void VisitItems(IReadOnlyList<object?> items, string path, int depth)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (IsContainer(items[i]))
                Visit(items[i], Join(path, i.ToString(CultureInfo.InvariantCulture)), depth + 1);
            else
                Spend(1);
        }
    }

    private void Add(string key, TensorReference tensor)
    {
        Spend(TensorCost);
        if (!keys.Add(key))
            throw new InvalidDataException($"two tensors get the key '{key}' when the names of nested containers are joined.");
        found.Add(new NamedTensor(key, tensor));
    }

    private string Join(string path, string name)
    {
        Spend(path.Length + name.Length);
        return path.Length == 0 ? name : $"{path}.{name}";
    }

    private void Spend(int cost)
    {
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
