using LdmMl.Torch.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training.States;

/// <summary>Everything that a training needs to resume as if it had never stopped: tensors and counts, by name. Owns its tensors.</summary>
internal sealed class TrainingSnapshot : IDisposable
{
    private readonly string prefix = "";

    public TrainingSnapshot()
        : this(new StateDictionary(), new Dictionary<string, long>(StringComparer.Ordinal))
    {
    }

    /// <summary>Takes ownership of a file's content.</summary>
    public TrainingSnapshot(StateDictionary tensors, Dictionary<string, long> counts) => (Tensors, Counts) = (tensors, counts);

    private TrainingSnapshot(TrainingSnapshot whole, string prefix)
        : this(whole.Tensors, whole.Counts) =>
        this.prefix = whole.prefix + prefix;

    /// <summary>Gets the tensors.</summary>
    public StateDictionary Tensors { get; }

    /// <summary>Gets the counts.</summary>
    public Dictionary<string, long> Counts { get; }

    /// <summary>Returns a view of the snapshot for one of several parts that use the same names.</summary>
    /// <param name="part">The prefix of the part's names.</param>
    public TrainingSnapshot Under(string part) => new(this, part);

    /// <summary>Copies everything into new memory.</summary>
    public TrainingSnapshot Copy() => Extract("");

    /// <summary>Copies everything whose name has a given prefix into new memory, under names without the prefix.</summary>
    public TrainingSnapshot Extract(string part)
    {
        using var noGradient = no_grad();
        var found = new TrainingSnapshot();
        foreach (var (name, tensor) in Tensors.Where(entry => entry.Key.StartsWith(prefix + part, StringComparison.Ordinal)))
            found.Tensors.Add(name[(prefix + part).Length..], tensor.clone());
        foreach (var (name, count) in Counts.Where(entry => entry.Key.StartsWith(prefix + part, StringComparison.Ordinal)))
            found.Counts.Add(name[(prefix + part).Length..], count);
        return found;
    }

    /// <summary>Adds everything of another snapshot, whose memory it shares.</summary>
    public void AddAll(string part, TrainingSnapshot other)
    {
        foreach (var (name, tensor) in other.Tensors)
            Add(part + name, tensor);
        foreach (var (name, count) in other.Counts)
            Add(part + name, count);
    }

    /// <summary>Adds a count.</summary>
    public void Add(string name, long count) => Counts[prefix + name] = count;

    /// <summary>Adds a tensor, sharing its memory.</summary>
    public void Add(string name, Tensor tensor)
    {
        using var noGradient = no_grad();
        Tensors.Add(prefix + name, tensor.alias());
    }

    /// <summary>Adds the position of a stream of random numbers.</summary>
    public void Add(RandomStream stream, Generator generator) => Tensors.Add(prefix + NameOf(stream), generator.get_state());

    /// <summary>Adds the weights of a network.</summary>
    public void Add(string part, nn.Module network)
    {
        foreach (var (key, parameter) in network.named_parameters())
            Add(part + key, parameter);
    }

    /// <summary>Copies a tensor into another one.</summary>
    public void Restore(string name, Tensor target)
    {
        using var noGradient = no_grad();
        target.copy_(Find(name, target));
    }

    /// <summary>Restores the position of a stream of random numbers.</summary>
    public void Restore(RandomStream stream, Generator generator)
    {
        using var present = generator.get_state();
        generator.set_state(Find(NameOf(stream), present));
    }

    /// <summary>Copies the weights of a network.</summary>
    public void Restore(string part, nn.Module network)
    {
        foreach (var (key, parameter) in network.named_parameters())
            Restore(part + key, parameter);
    }

    /// <summary>Gets a count.</summary>
    public int Count(string name) => Counts.TryGetValue(prefix + name, out var count) && count is >= 0 and <= int.MaxValue
        ? (int)count
        : throw new InvalidDataException($"the count '{prefix + name}' is missing or not a valid count.");

    /// <summary>Gets a list of integers.</summary>
    public long[] Numbers(string name) => Tensors.TryGetValue(prefix + name, out var tensor) && tensor.dtype == ScalarType.Int64 && tensor.dim() == 1
        ? tensor.data<long>().ToArray()
        : throw new InvalidDataException($"the list '{prefix + name}' is missing or does not contain integers.");

    /// <summary>Gets a list of real numbers.</summary>
    public double[] RealNumbers(string name) => Tensors.TryGetValue(prefix + name, out var tensor) && tensor.dtype == ScalarType.Float64 && tensor.dim() == 1
        ? tensor.data<double>().ToArray()
        : throw new InvalidDataException($"the list '{prefix + name}' is missing or does not contain real numbers.");

    public void Dispose() => Tensors.Dispose();

    private static string NameOf(RandomStream stream) => $"random.{stream}";

    private Tensor Find(string name, Tensor like)
    {
        name = prefix + name;
        if (!Tensors.TryGetValue(name, out var tensor))
            throw new InvalidDataException($"the tensor '{name}' is missing.");
        if (!tensor.shape.SequenceEqual(like.shape) || tensor.dtype != like.dtype)
        {
            throw new InvalidDataException(
                $"the tensor '{name}' is [{string.Join(", ", tensor.shape)}] of {tensor.dtype}; " +
                $"it must be [{string.Join(", ", like.shape)}] of {like.dtype}.");
        }

        return tensor;
    }
}
