using LdmMl.Images;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;
using static LdmMl.Transforms.ScorePerceptual.ScorePerceptualDistanceTransformer;

namespace LdmMl.Transforms.ScorePerceptual;

/// <summary>Computes the distances of pairs of images.</summary>
internal sealed class ScorePerceptualDistanceRunner : PlaneRunner<PlaneBatch, ScorePerceptualDistanceRunner.Scores>
{
    private const int Channels = 3;

    private readonly PerceptualModel model;
    private readonly DataViewRow row;
    private readonly DistanceColumns columns;
    private readonly PixelColor background;
    private readonly ImageSize? declared;
    private readonly ImageSource references, candidates;
    private readonly ReferenceActivations activations;
    private readonly bool makesMap;

    /// <param name="model">A handle that this runner owns: an open cursor outlives its transformer.</param>
    /// <param name="input">The row to read.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="background">The colour behind transparent pixels.</param>
    /// <param name="activeOutputs">Which outputs are requested.</param>
    public ScorePerceptualDistanceRunner(
        PerceptualModel model, DataViewRow input, DistanceColumns columns, PixelColor background, IReadOnlyList<bool> activeOutputs)
    {
        (this.model, row, this.columns, this.background) = (model, input, columns, background);
        var images = columns.Find(input.Schema);
        declared = ComparedColumns.Declared(images[0].Type, images[1].Type);
        (references, candidates) = (new ImageSource(input, images[0]), new ImageSource(input, images[1]));
        activations = new ReferenceActivations(model, ScorePerceptualDistanceTransformer.Range);
        makesMap = columns.Contents.Zip(activeOutputs).Contains((Content.Map, true));
    }

    private protected override Device Device => model.Device;

    public override Delegate MakeGetter(int output, Func<int> computedSlot) => columns.Contents[output] switch
    {
        Content.Layers => Vector(computedSlot, model.LayerNames.Count, (scores, row) => scores.Layers(row)),
        Content.Map => Vector(computedSlot, declared is { } size ? size.Height * size.Width : 0, (scores, row) => scores.Map(row)),
        _ => (ValueGetter<float>)((ref float distance) => distance = Find(computedSlot()) is var (scores, row) ? scores.Total(row) : float.NaN),
    };

    public override void Dispose()
    {
        base.Dispose();
        activations.Dispose();
        model.Dispose();
    }

    private protected override PlaneBatch CreateBatch(int capacity) => new(2 * Channels, capacity);

    private protected override void ReadRow(PlaneBatch batch, int slot)
    {
        (var reference, var candidate) = (references.Read(), candidates.Read());
        if (reference is null || candidate is null)
            return;
        var size = columns.CheckRow(reference, candidate, declared, row.Position);
        var planes = batch.Add(slot, size);
        MLImagePlanes.ToPlanes(reference, background, ScorePerceptualDistanceTransformer.Range, planes[..(planes.Length / 2)], Channels);
        MLImagePlanes.ToPlanes(candidate, background, ScorePerceptualDistanceTransformer.Range, planes[(planes.Length / 2)..], Channels);
    }

    private protected override Scores Compute(PlaneBatch batch, PlaneGroup group)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var references = activations.Of(group);
        var candidates = group.Rows().narrow(1, Channels, Channels);
        using var distances = model.Distances(references, candidates, ScorePerceptualDistanceTransformer.Range, makesMap);
        return new Scores(distances);
    }

    /// <summary>Creates a getter of vectors, which are NaN if a row's value is missing.</summary>
    private ValueGetter<VBuffer<float>> Vector(Func<int> computedSlot, int missingLength, Func<Scores, int, ReadOnlySpan<float>> part) =>
        (ref VBuffer<float> destination) =>
            VectorTransfer.Give(ref destination, Find(computedSlot()) is var (scores, row) ? part(scores, row) : [], missingLength);

    /// <summary>The scores of rows of one size.</summary>
    internal sealed class Scores : IDisposable
    {
        private readonly float[] total;
        private readonly float[][] layers;
        private readonly PlaneTensor? map;

        /// <param name="distances">The distances of the rows, on the CPU; they remain the caller's.</param>
        public Scores(PerceptualDistances distances)
        {
            total = distances.Total.data<float>().ToArray();
            float[][] layers = [.. distances.Layers.Select(layer => layer.data<float>().ToArray())];
            this.layers = [.. Enumerable.Range(0, total.Length).Select(row => Array.ConvertAll(layers, layer => layer[row]))];
            this.map = distances.Map is { } map ? PlaneTensor.Keep(map) : null;
        }

        public float Total(int row) => total[row];

        public ReadOnlySpan<float> Layers(int row) => layers[row];

        /// <summary>Gets the map [1, H, W] of a row; valid until this is disposed.</summary>
        public ReadOnlySpan<float> Map(int row) => map!.Row(row);

        public void Dispose() => map?.Dispose();
    }
}
