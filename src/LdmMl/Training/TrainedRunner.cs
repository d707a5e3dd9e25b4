using LdmMl.Rows;

namespace LdmMl.Training;

/// <summary>Runs only the columns that are requested.</summary>
/// <param name="runners">One for each output; null for an output that is not requested.</param>
internal sealed class TrainedRunner(IReadOnlyList<BatchRunner?> runners) : BatchRunner
{
    public override BatchInput CreateInput(int capacity) => new Inputs([.. runners.Select(runner => runner?.CreateInput(capacity))]);

    public override void Read(BatchInput input, int slot) => ForEach(input, (runner, part) => runner.Read(part, slot));

    public override void Compute(BatchInput input) => ForEach(input, (runner, part) => runner.Compute(part));

    public override Delegate MakeGetter(int output, Func<int> computedSlot) => runners[output]!.MakeGetter(0, computedSlot);

    public override void Dispose()
    {
        foreach (var runner in runners)
            runner?.Dispose();
    }

    private void ForEach(BatchInput input, Action<BatchRunner, BatchInput> act)
    {
        var parts = ((Inputs)input).Parts;
        for (var i = 0; i < runners.Count; i++)
        {
            if (runners[i] is { } runner)
                act(runner, parts[i]!);
        }
    }

    /// <summary>One input for each runner.</summary>
    private sealed class Inputs(IReadOnlyList<BatchInput?> parts) : BatchInput
    {
        public IReadOnlyList<BatchInput?> Parts => parts;

        public override void Clear()
        {
            foreach (var part in parts)
                part?.Clear();
        }

        public override void Dispose()
        {
            foreach (var part in parts)
                part?.Dispose();
        }
    }
}
