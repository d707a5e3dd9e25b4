using Microsoft.ML;

namespace LdmMl.Batching;

/// <summary>A batch of one: what <c>PredictionEngine</c> and the composite mapper of a chain ask for.</summary>
internal sealed class SingleRowComputation(BatchRunner runner, DataViewRow input, Action beforeComputing) : RowComputation
{
    private long? computedPosition;

    public override Delegate MakeGetter(int output) => runner.MakeGetter(output, ComputedSlot);

    public override void Dispose() => runner.Dispose();

    private int ComputedSlot()
    {
        if (computedPosition == input.Position)
            return 0;
        beforeComputing();
        computedPosition = null;
        runner.Clear(half: 0);
        runner.Read(half: 0, slot: 0);
        runner.Compute(half: 0);
        computedPosition = input.Position;
        return 0;
    }
}
