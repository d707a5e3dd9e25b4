using System.Runtime.InteropServices;

namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>The stack of the pickle machine, with its marks.</summary>
/// <param name="limit">What it may allocate.</param>
internal sealed class PickleStack(AllocationLimit limit)
{
    private readonly List<object?> items = [];
    private readonly List<int> marks = [];

    // Items below a mark belong to an unfinished container and cannot be reached.
    private int Floor => marks.Count == 0 ? 0 : marks[^1];

    public void Push(object? value)
    {
        limit.MakeRoom(items, 1);
        items.Add(value);
    }

    public object? Peek() => items.Count > Floor ? items[^1] : throw Underflow();

    public object? Pop()
    {
        var value = Peek();
        items.RemoveAt(items.Count - 1);
        return value;
    }

    /// <summary>Pops the last items, the deepest first.</summary>
    public object?[] Pop(int count)
    {
        if (items.Count - count < Floor)
            throw Underflow();
        limit.Check(IntPtr.Size * (long)count);
        var values = CollectionsMarshal.AsSpan(items)[^count..].ToArray();
        items.RemoveRange(items.Count - count, count);
        return values;
    }

    public void Mark()
    {
        limit.MakeRoom(marks, 1);
        marks.Add(items.Count);
    }

    public object?[] PopToMark()
    {
        if (marks.Count == 0)
            throw new InvalidDataException("the pickle is damaged: a mark is missing.");
        var values = Pop(items.Count - marks[^1]);
        marks.RemoveAt(marks.Count - 1);
        return values;
    }

    /// <summary>Pops the last item, or the last mark if nothing is above it.</summary>
    public void Drop()
    {
        if (marks.Count > 0 && marks[^1] == items.Count)
            marks.RemoveAt(marks.Count - 1);
        else
            Pop();
    }

    private static InvalidDataException Underflow() => new("the pickle is damaged: its stack is empty where a value is needed.");
}
