namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>The opcodes that create and fill tuples, lists, sets and dictionaries, and those that only manipulate the stack.</summary>
internal static class PickleContainers
{
    /// <summary>Applies an opcode to the stack, within the limit.</summary>
    /// <returns>False if the opcode is not one of these.</returns>
    public static bool TryApply(PickleOpcode opcode, PickleStack stack, AllocationLimit limit)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark: stack.Mark(); return true;
            case PickleOpcode.Pop: stack.Drop(); return true;
            case PickleOpcode.PopMark: stack.PopToMark(); return true;
            case PickleOpcode.Dup: stack.Push(stack.Peek()); return true;
            case PickleOpcode.EmptyTuple: stack.Push(PickleTuple.Empty); return true;
            case PickleOpcode.Tuple: stack.Push(new PickleTuple(stack.PopToMark())); return true;
            case PickleOpcode.Tuple1: stack.Push(new PickleTuple(stack.Pop(1))); return true;
            case PickleOpcode.Tuple2: stack.Push(new PickleTuple(stack.Pop(2))); return true;
            case PickleOpcode.Tuple3: stack.Push(new PickleTuple(stack.Pop(3))); return true;
            case PickleOpcode.EmptyList or PickleOpcode.EmptySet: stack.Push(new List<object?>()); return true;
            case PickleOpcode.List or PickleOpcode.FrozenSet: var members = stack.PopToMark(); stack.Push(new List<object?>()); AddItems(stack, members, limit); return true;
            case PickleOpcode.Append: var item = stack.Pop(); AddItems(stack, [item], limit); return true;
            case PickleOpcode.Appends or PickleOpcode.AddItems: AddItems(stack, stack.PopToMark(), limit); return true;
            case PickleOpcode.EmptyDict: stack.Push(new PickleDictionary()); return true;
            case PickleOpcode.Dict: var pairs = stack.PopToMark(); stack.Push(new PickleDictionary()); SetItems(stack, pairs, limit); return true;
            case PickleOpcode.SetItem: var value = stack.Pop(); var key = stack.Pop(); SetItems(stack, [key, value], limit); return true;
            case PickleOpcode.SetItems: SetItems(stack, stack.PopToMark(), limit); return true;
            case PickleOpcode.Build: SetState(stack, stack.Pop()); return true;
            default: return false;
        }
    }

    // A placeholder object ignores what is added to it.
    private static void AddItems(PickleStack stack, ReadOnlySpan<object?> items, AllocationLimit limit)
    {
        if (stack.Peek() is List<object?> list)
        {
            limit.MakeRoom(list, items.Length);
            list.AddRange(items);
        }
        else if (stack.Peek() is not PickleObject)
        {
            throw new InvalidDataException("the pickle is damaged: items are added to something that is not a list.");
        }
    }

    private static void SetItems(PickleStack stack, ReadOnlySpan<object?> pairs, AllocationLimit limit)
    {
        if (pairs.Length % 2 != 0)
            throw new InvalidDataException("the pickle is damaged: a key has no value.");
        if (stack.Peek() is PickleDictionary dictionary)
        {
            dictionary.MakeRoom(pairs.Length / 2, limit);
            for (var i = 0; i < pairs.Length; i += 2)
                dictionary.Set(pairs[i], pairs[i + 1]);
        }
        else if (stack.Peek() is not PickleObject)
        {
            throw new InvalidDataException("the pickle is damaged: keys are set in something that is not a dictionary.");
        }
    }

    // Attributes of containers and tensors, such as a state dict's _metadata, are not needed.
    private static void SetState(PickleStack stack, object? state)
    {
        if (stack.Peek() is PickleObject value)
            value.State = state;
    }
}
