using LdmMl.Batching;
using LdmMl.Models;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Scoring.Perceptual;

/// <summary>Pairs of images to distances.</summary>
internal sealed class PerceptualRunner : PlaneRunner<PerceptualScores>
{
    private const int Channels = 3;

    private readonly PerceptualModel model;
    private readonly DataViewRow row;
    private readonly PerceptualColumns columns;
    private readonly PixelColor background;
    private readonly ImageSize? declared;
    private readonly ValueGetter<MLImage> referenceGetter, candidateGetter;
    private readonly ReferenceFeatures references;
    private readonly bool makesMap;

    // These belong to whoever produced them: never disposed here.
    private MLImage? reference, candidate;

    /// <param name="model">A handle that this runner takes over: a cursor that is open outlives its transformer.</param>
    /// <param name="input">The row to read.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="background">The colour behind transparent pixels.</param>
    /// <param name="activeOutputs">Which outputs are asked for.</param>
    /// <param name="capacity">Rows a batch.</param>
    public PerceptualRunner(
        PerceptualModel model, DataViewRow input, PerceptualColumns columns, PixelColor background, IReadOnlyList<bool> activeOutputs, int capacity)
        : base(2 * Channels, capacity)
    {
        (this.model, row, this.columns, this.background) = (model, input, columns, background);
        var images = columns.Find(input.Schema);
        declared = PerceptualColumns.DeclaredSize([.. images.Select(column => column.Type)]);
        referenceGetter = input.GetGetter<MLImage>(images[0]);
        candidateGetter = input.GetGetter<MLImage>(images[1]);
        references = new ReferenceFeatures(model);
        makesMap = columns.Contents.Zip(activeOutputs).Contains((PerceptualOutput.Map, true));
    }

    private protected override Device Device => model.Device;

    public override Delegate MakeGetter(int output, Func<int> computedSlot) => columns.Contents[output] switch
    {
        PerceptualOutput.Layers => Vector(computedSlot, model.LayerNames.Count, (scores, row) => scores.Layers(row)),
        PerceptualOutput.Map => Vector(computedSlot, declared is { } size ? size.Height * size.Width : 0, (scores, row) => scores.Map(row)),
        _ => (ValueGetter<float>)((ref float distance) => distance = Find(computedSlot()) is var (scores, row) ? scores.Total(row) : float.NaN),
    };

    public override void Dispose()
    {
        base.Dispose();
        references.Dispose();
        model.Dispose();
    }

    private protected override void ReadRow(PlaneBatch batch, int half, int slot)
    {
        referenceGetter(ref reference!);
        candidateGetter(ref candidate!);
        if (reference is null || candidate is null)
            return;
        var size = columns.CheckRow(reference, candidate, declared, row.Position);
        var planes = batch.Add(slot, size);
        MLImagePlanes.ToPlanes(reference, background, PerceptualSettings.Range, planes[..(planes.Length / 2)], Channels);
        MLImagePlanes.ToPlanes(candidate, background, PerceptualSettings.Range, planes[(planes.Length / 2)..], Channels);
    }

    private protected override PerceptualScores Compute(PlaneGroup group, int half)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var references = this.references.Of(group);
        var candidates = group.Rows().narrow(1, Channels, Channels);
        using var distances = model.Distances(references, candidates, PerceptualSettings.Range, makesMap);
        return new PerceptualScores(distances);
    }

    /// <summary>Makes a getter of vectors; where a row's value is missing they are NaN.</summary>
    private ValueGetter<VBuffer<float>> Vector(Func<int> computedSlot, int missingLength, Func<PerceptualScores, int, ReadOnlySpan<float>> part) =>
        (ref VBuffer<float> destination) =>
            VectorHandover.Give(ref destination, Find(computedSlot()) is var (scores, row) ? part(scores, row) : [], missingLength);
}
