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
    private readonly PickleStack stack = new();

    private Unpickler(Stream stream, IPickleObjects objects)
    {
        input = new PickleInput(stream);
        this.objects = objects;
    }

    /// <summary>Reads the next pickle of a seekable stream and leaves the stream positioned after it.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or needs something that is refused.</exception>
    public static object? Read(Stream stream, IPickleObjects objects) => new Unpickler(stream, objects).Run();

    private object? Run()
    {
        for (var count = 0; count < MostOpcodes; count++)
        {
            var opcode = (PickleOpcode)input.ReadByte();
            if (opcode == PickleOpcode.Stop)
                return stack.Pop();
            if (PickleLiterals.TryRead(opcode, input, out var literal))
                stack.Push(literal);
            else if (!TryFrame(opcode) && !TryMemo(opcode) && !PickleContainers.TryApply(opcode, stack) && !TryName(opcode))
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
            case PickleOpcode.Memoize: stack.Memoize(); return true;
            case PickleOpcode.Put: stack.Remember(ReadIndex()); return true;
            case PickleOpcode.BinPut: stack.Remember(input.ReadByte()); return true;
            case PickleOpcode.LongBinPut: stack.Remember(input.ReadUInt32()); return true;
            case PickleOpcode.Get: stack.Recall(ReadIndex()); return true;
            case PickleOpcode.BinGet: stack.Recall(input.ReadByte()); return true;
            case PickleOpcode.LongBinGet: stack.Recall(input.ReadUInt32()); return true;
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
                var call = stack.Pop(2);
                stack.Push(objects.Call(call[0], call[1]));
                return true;
            case PickleOpcode.NewObjEx:
                var keywordCall = stack.Pop(3);
                stack.Push(objects.Call(keywordCall[0], keywordCall[1]));
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

    private long ReadIndex() => long.TryParse(input.ReadLine(), out var index) && index >= 0
        ? index
        : throw new InvalidDataException("the pickle is damaged: the index of a memo is not a number.");
}
