using LdmMl.Batching;

namespace LdmMl.Training;

/// <summary>Runs the columns that are asked for side by side; those that are not cost nothing.</summary>
/// <param name="runners">One for each output; null for an output that is not asked for.</param>
internal sealed class TrainedRunner(IReadOnlyList<BatchRunner?> runners) : BatchRunner
{
    public override void Clear(int half) => ForEach(runner => runner.Clear(half));

    public override void Read(int half, int slot) => ForEach(runner => runner.Read(half, slot));

    public override void Compute(int half) => ForEach(runner => runner.Compute(half));

    public override Delegate MakeGetter(int output, Func<int> computedSlot) => runners[output]!.MakeGetter(0, computedSlot);

    public override void Dispose() => ForEach(runner => runner.Dispose());

    private void ForEach(Action<BatchRunner> act)
    {
        foreach (var runner in runners)
        {
            if (runner is not null)
                act(runner);
        }
    }
}
