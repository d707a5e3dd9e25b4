using Microsoft.ML;

namespace LdmMl.Rows;

/// <summary>A batch of one row, for <c>PredictionEngine</c> and the composite mapper of a chain.</summary>
internal sealed class SingleRowComputation(BatchRunner runner, DataViewRow input, Action beforeComputing) : RowComputation
{
    private readonly BatchInput row = runner.CreateInput(capacity: 1);
    private long? computedPosition;

    public override Delegate MakeGetter(int output) => runner.MakeGetter(output, ComputedSlot);

    public override void Dispose()
    {
        row.Dispose();
        runner.Dispose();
    }

    private int ComputedSlot()
    {
        if (computedPosition == input.Position)
            return 0;
        beforeComputing();
        computedPosition = null;
        row.Clear();
        runner.Read(row, slot: 0);
        runner.Compute(row);
        computedPosition = input.Position;
        return 0;
    }
}
