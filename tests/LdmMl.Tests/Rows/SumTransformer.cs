using LdmMl.Internals;
using LdmMl.Rows;
using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace LdmMl.Tests.Rows;

/// <summary>Sums vectors in batches, and counts what it does.</summary>
internal sealed class SumTransformer : RowTransformer
{
    private readonly int batchSize;
    private readonly bool prefetch;

    public SumTransformer(MLContext context, int batchSize, bool prefetch, CancellationToken cancellationToken = default)
        : base(context, new("LDM SUM ", "LdmMlSum"), cancellationToken) =>
        (this.batchSize, this.prefetch) = (batchSize, prefetch);

    public int Computed;
    public int RowsRead;
    public int OpenRunners;

    public Action<int>? OnRead { get; init; }

    public Action? OnCompute { get; init; }

    internal override RowColumns Columns { get; } = RowColumns.Of(
        [new("Features", ColumnContent.SingleVector)], _ => [new("Sum", NumberDataViewType.Single)]);

    internal override bool GainsFromParallelCursors => false;

    internal override RowComputation ComputeRows(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new SingleRowComputation(new Runner(this, input), input, ThrowIfCanceled);

    internal override DataViewRowCursor OpenCursor(DataViewRowCursor source, DataViewSchema schema, ColumnSelection selection) =>
        BatchCursor.Open(source, schema, selection, new Runner(this, source), batchSize, prefetch, ThrowIfCanceled);

    private protected override void Write(ModelWriter writer) => throw new NotSupportedException();

    private sealed class Runner : BatchRunner
    {
        private readonly SumTransformer owner;
        private readonly ValueGetter<VBuffer<float>> getter;
        private float[] results = [];
        private VBuffer<float> features;

        public Runner(SumTransformer owner, DataViewRow input)
        {
            this.owner = owner;
            getter = input.GetGetter<VBuffer<float>>(input.Schema["Features"]);
            Interlocked.Increment(ref owner.OpenRunners);
        }

        public override BatchInput CreateInput(int capacity) => new Sums(capacity);

        public override void Read(BatchInput input, int slot)
        {
            owner.OnRead?.Invoke(Interlocked.Increment(ref owner.RowsRead));
            getter(ref features);
            ((Sums)input).Values[slot] = features.DenseValues().Sum();
        }

        public override void Compute(BatchInput input)
        {
            Interlocked.Increment(ref owner.Computed);
            owner.OnCompute?.Invoke();
            results = [.. ((Sums)input).Values];
        }

        public override Delegate MakeGetter(int output, Func<int> computedSlot) => (ValueGetter<float>)((ref float sum) =>
        {
            var slot = computedSlot();   // first: it computes the results
            sum = results[slot];
        });

        public override void Dispose() => Interlocked.Decrement(ref owner.OpenRunners);
    }

    private sealed class Sums(int capacity) : BatchInput
    {
        public float[] Values { get; } = new float[capacity];

        public override void Clear() => Array.Clear(Values);

        public override void Dispose()
        {
        }
    }
}
