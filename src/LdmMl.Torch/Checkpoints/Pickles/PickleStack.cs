using System.Runtime.InteropServices;

namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>The stack of the pickle machine, with its marks, and the memo.</summary>
internal sealed class PickleStack
{
    // Python writes the items of a container in batches of 1000; an honest stack is never much higher than a few of them.
    private const int Highest = 100_000;

    private readonly List<object?> items = [];
    private readonly Stack<int> marks = new();
    private readonly Dictionary<long, object?> memo = [];

    // Items below a mark belong to an unfinished container and cannot be reached.
    private int Floor => marks.Count == 0 ? 0 : marks.Peek();

    public int Count => items.Count;

    public void Push(object? value)
    {
        if (items.Count == Highest)
            throw new InvalidDataException($"the pickle has more than {Highest} values on its stack.");
        items.Add(value);
    }

    public object? Peek() => items.Count > Floor ? items[^1] : throw Underflow();

    public object? Pop()
    {
        var value = Peek();
        items.RemoveAt(items.Count - 1);
        return value;
    }

    public object?[] Pop(int count)
    {
        if (items.Count - count < Floor)
            throw Underflow();
        var values = CollectionsMarshal.AsSpan(items)[^count..].ToArray();
        items.RemoveRange(items.Count - count, count);
        return values;
    }

    public void Mark() => marks.Push(items.Count);

    public object?[] PopToMark()
    {
        if (marks.Count == 0)
            throw new InvalidDataException("the pickle is damaged: a mark is missing.");
        var values = Pop(items.Count - marks.Peek());
        marks.Pop();
        return values;
    }

    /// <summary>Pops the last item, or the last mark if nothing is above it.</summary>
    public void Drop()
    {
        if (marks.Count > 0 && marks.Peek() == items.Count)
            marks.Pop();
        else
            Pop();
    }

    public void Memoize() => Remember(memo.Count);

    public void Remember(long index) => memo[index] = Peek();

    public void Recall(long index) =>
        Push(memo.TryGetValue(index, out var value) ? value : throw new InvalidDataException($"the pickle is damaged: memo {index} is missing."));

    private static InvalidDataException Underflow() => new("the pickle is damaged: its stack is empty where a value is needed.");
}
