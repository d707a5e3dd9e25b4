namespace LdmMl.Torch.Checkpoints.Pickles;

/// <summary>
/// Reads one pickle (protocols 0 to 5) into numbers, strings and containers. Nothing is resolved and nothing is called:
/// names remain names, and calls become what <see cref="IPickleObjects"/> says. One loop, no recursion: nesting costs no stack.
/// </summary>
internal sealed class Unpickler
{
    private const int NewestProtocol = 5;
    private const int MostOpcodes = 10_000_000;   // a published checkpoint has some hundred thousand; bounds time and memory

    private readonly PickleInput input;
    private readonly IPickleObjects objects;
    private readonly AllocationLimit limit;
    private readonly PickleStack stack;
    private readonly PickleMemo memo;

    private Unpickler(Stream stream, IPickleObjects objects, AllocationLimit limit)
    {
        this.objects = objects;
        this.limit = limit;
        input = new PickleInput(stream, limit);
        this.stack = new PickleStack(limit);
        memo = new PickleMemo(limit);
    }

    /// <summary>Reads the next pickle of a seekable stream and leaves the stream positioned after it.</summary>
    /// <exception cref="InvalidDataException">It is damaged, needs something that is refused, or takes more than the limit.</exception>
    public static object? Read(Stream stream, IPickleObjects objects, AllocationLimit limit) => new Unpickler(stream, objects, limit).Run();

    private object? Run()
    {
        for (var count = 0; count < MostOpcodes; count++)
        {
            limit.Check();
            var opcode = (PickleOpcode)input.ReadByte();
            if (opcode == PickleOpcode.Stop)
                return stack.Pop();
            if (PickleLiterals.TryRead(opcode, input, out var literal))
                stack.Push(literal);
            else if (!TryFrame(opcode) && !TryMemo(opcode) && !PickleContainers.TryApply(opcode, stack, limit) && !TryName(opcode))
                throw new InvalidDataException($"the pickle has the opcode 0x{(byte)opcode:x2}, which is unknown or not supported.");
        }
        throw new InvalidDataException($"the pickle has more than {MostOpcodes} operations.");
    }

    private bool TryFrame(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                var protocol = input.ReadByte();
                if (protocol > NewestProtocol)
                    throw new InvalidDataException($"the pickle has protocol {protocol}; supported are 0 to {NewestProtocol}.");
                return true;
            case PickleOpcode.Frame:
                _ = input.ReadUInt64();   // a hint for buffering
                return true;
            default:
                return false;
        }
    }

    private bool TryMemo(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Memoize: memo.Add(stack.Peek()); return true;
            case PickleOpcode.Put: memo.Set(ReadIndex(), stack.Peek()); return true;
            case PickleOpcode.BinPut: memo.Set(input.ReadByte(), stack.Peek()); return true;
            case PickleOpcode.LongBinPut: memo.Set(input.ReadUInt32(), stack.Peek()); return true;
            case PickleOpcode.Get: stack.Push(memo.Get(ReadIndex())); return true;
            case PickleOpcode.BinGet: stack.Push(memo.Get(input.ReadByte())); return true;
            case PickleOpcode.LongBinGet: stack.Push(memo.Get(input.ReadUInt32())); return true;
            default: return false;
        }
    }

    private bool TryName(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Global:
                stack.Push(objects.Name(input.ReadLine(), input.ReadLine()));
                return true;
            case PickleOpcode.StackGlobal when stack.Pop(2) is [string module, string name]:
                stack.Push(objects.Name(module, name));
                return true;
            case PickleOpcode.Reduce or PickleOpcode.NewObj:
                Call();
                return true;
            case PickleOpcode.NewObjEx:
                _ = stack.Pop();   // arguments by keyword
                Call();
                return true;
            case PickleOpcode.Inst:
                var origin = objects.Name(input.ReadLine(), input.ReadLine());
                stack.Push(objects.Call(origin, new PickleTuple(stack.PopToMark())));
                return true;
            case PickleOpcode.Obj when stack.PopToMark() is [var callable, .. var arguments]:
                stack.Push(objects.Call(callable, new PickleTuple(arguments)));
                return true;
            case PickleOpcode.BinPersId:
                stack.Push(objects.Persistent(stack.Pop()));
                return true;
            case PickleOpcode.PersId:
                stack.Push(objects.Persistent(input.ReadLine()));
                return true;
            default:
                return false;
        }
    }

    private void Call()
    {
        var arguments = stack.Pop();
        stack.Push(objects.Call(stack.Pop(), arguments));
    }

    private long ReadIndex() => long.TryParse(input.ReadLine(), out var index) && index >= 0
        ? index
        : throw new InvalidDataException("the pickle is damaged: the index of a memo is not a number.");
}
