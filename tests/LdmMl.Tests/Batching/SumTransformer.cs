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
        private readonly SumTransformer _owner;
        private readonly ValueGetter<VBuffer<float>> _getter;
        private readonly float[][] _sums;
        private float[] _results = [];
        private VBuffer<float> _features;

        public Runner(SumTransformer owner, DataViewRow input, int capacity)
        {
            _owner = owner;
            _getter = input.GetGetter<VBuffer<float>>(input.Schema["Features"]);
            _sums = [new float[capacity], new float[capacity]];
            Interlocked.Increment(ref owner.OpenRunners);
        }

        public override void Clear(int half) => Array.Clear(_sums[half]);

        public override void Read(int half, int slot)
        {
            _owner.OnRead?.Invoke(Interlocked.Increment(ref _owner.RowsRead));
            _getter(ref _features);
            _sums[half][slot] = _features.DenseValues().Sum();
        }

        public override void Compute(int half)
        {
            Interlocked.Increment(ref _owner.Computed);
            _owner.OnCompute?.Invoke();
            _results = [.. _sums[half]];
        }

        public override Delegate MakeGetter(int output, Func<int> computedSlot) => (ValueGetter<float>)((ref float sum) =>
        {
            int slot = computedSlot();   // first: it computes the results
            sum = _results[slot];
        });

        public override void Dispose() => Interlocked.Decrement(ref _owner.OpenRunners);
    }
}
