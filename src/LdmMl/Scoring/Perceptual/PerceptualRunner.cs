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

    private readonly PerceptualModel _model;
    private readonly DataViewRow _row;
    private readonly PerceptualColumns _columns;
    private readonly PixelColor _background;
    private readonly ImageSize? _declared;
    private readonly ValueGetter<MLImage> _referenceGetter, _candidateGetter;
    private readonly ReferenceFeatures _references;
    private readonly bool _makesMap;

    // These belong to whoever produced them: never disposed here.
    private MLImage? _reference, _candidate;

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
        (_model, _row, _columns, _background) = (model, input, columns, background);
        IReadOnlyList<DataViewSchema.Column> images = columns.Find(input.Schema);
        _declared = PerceptualColumns.DeclaredSize([.. images.Select(column => column.Type)]);
        _referenceGetter = input.GetGetter<MLImage>(images[0]);
        _candidateGetter = input.GetGetter<MLImage>(images[1]);
        _references = new ReferenceFeatures(model);
        _makesMap = columns.Contents.Zip(activeOutputs).Contains((PerceptualOutput.Map, true));
    }

    private protected override Device Device => _model.Device;

    public override Delegate MakeGetter(int output, Func<int> computedSlot) => _columns.Contents[output] switch
    {
        PerceptualOutput.Layers => Vector(computedSlot, _model.LayerNames.Count, (scores, row) => scores.Layers(row)),
        PerceptualOutput.Map => Vector(computedSlot, _declared is { } size ? size.Height * size.Width : 0, (scores, row) => scores.Map(row)),
        _ => (ValueGetter<float>)((ref float distance) => distance = Find(computedSlot()) is var (scores, row) ? scores.Total(row) : float.NaN),
    };

    public override void Dispose()
    {
        base.Dispose();
        _references.Dispose();
        _model.Dispose();
    }

    private protected override void ReadRow(PlaneBatch batch, int half, int slot)
    {
        _referenceGetter(ref _reference!);
        _candidateGetter(ref _candidate!);
        if (_reference is null || _candidate is null)
            return;
        ImageSize size = _columns.CheckRow(_reference, _candidate, _declared, _row.Position);
        Span<float> planes = batch.Add(slot, size);
        MLImagePlanes.ToPlanes(_reference, _background, PerceptualSettings.Range, planes[..(planes.Length / 2)], Channels);
        MLImagePlanes.ToPlanes(_candidate, _background, PerceptualSettings.Range, planes[(planes.Length / 2)..], Channels);
    }

    private protected override PerceptualScores Compute(PlaneGroup group, int half)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        PerceptualFeatures references = _references.Of(group);
        Tensor candidates = group.Rows().narrow(1, Channels, Channels);
        using PerceptualDistances distances = _model.Distances(references, candidates, PerceptualSettings.Range, _makesMap);
        return new PerceptualScores(distances);
    }

    /// <summary>Makes a getter of vectors; where a row's value is missing they are NaN.</summary>
    private ValueGetter<VBuffer<float>> Vector(Func<int> computedSlot, int missingLength, Func<PerceptualScores, int, ReadOnlySpan<float>> part)
        => (ref VBuffer<float> destination)
            => VectorHandover.Give(ref destination, Find(computedSlot()) is var (scores, row) ? part(scores, row) : [], missingLength);
}
