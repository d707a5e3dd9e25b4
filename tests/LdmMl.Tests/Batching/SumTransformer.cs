using LdmMl.Batching;
using LdmMl.Internals;
using LdmMl.Schemas;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace LdmMl.Tests.Batching;

/// <summary>Sums vectors in batches, and counts what it does.</summary>
internal sealed class SumTransformer(MLContext context, int batchSize, bool prefetch) : BatchTransformer(context, nameof(SumTransformer))
{
    public int Computed;
    public int RowsRead;
    public int OpenRunners;

    public Action<int>? OnRead { get; init; }

    public Action? OnCompute { get; init; }

    internal override BatchSettings Batching { get; } = new(batchSize, prefetch);

    internal override StoredModelKind StoredKind => throw new NotSupportedException();

    internal override RowColumns Columns { get; } = new SumColumns();

    internal override BatchRunner ComputeBatches(DataViewRow input, IReadOnlyList<bool> activeOutputs, int capacity) => new Runner(this, input, capacity);

    private protected override void Write(ModelWriter writer) => throw new NotSupportedException();

    private sealed class SumColumns : RowColumns
    {
        public override IReadOnlyList<ColumnNeed> Inputs => [new("Features", ColumnContent.SingleVector)];

        public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs) => [new("Sum", NumberDataViewType.Single)];
    }

    private sealed class Runner : BatchRunner
    {
        private readonly SumTransformer owner;
        private readonly ValueGetter<VBuffer<float>> getter;
        private readonly float[][] sums;
        private float[] results = [];
        private VBuffer<float> features;

        public Runner(SumTransformer owner, DataViewRow input, int capacity)
        {
            this.owner = owner;
            getter = input.GetGetter<VBuffer<float>>(input.Schema["Features"]);
            sums = [new float[capacity], new float[capacity]];
            Interlocked.Increment(ref owner.OpenRunners);
        }

        public override void Clear(int half) => Array.Clear(sums[half]);

        public override void Read(int half, int slot)
        {
            owner.OnRead?.Invoke(Interlocked.Increment(ref owner.RowsRead));
            getter(ref features);
            sums[half][slot] = features.DenseValues().Sum();
        }

        public override void Compute(int half)
        {
            Interlocked.Increment(ref owner.Computed);
            owner.OnCompute?.Invoke();
            results = [.. sums[half]];
        }

        public override Delegate MakeGetter(int output, Func<int> computedSlot) => (ValueGetter<float>)((ref float sum) =>
        {
            var slot = computedSlot();   // first: it computes the results
            sum = results[slot];
        });

        public override void Dispose() => Interlocked.Decrement(ref owner.OpenRunners);
    }
}
