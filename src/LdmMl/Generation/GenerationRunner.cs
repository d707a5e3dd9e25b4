using LdmMl.Autoencoders;
using LdmMl.Batching;
using LdmMl.Models;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Generation;

/// <summary>Seeds, and what the model is told, to images and latents.</summary>
internal sealed class GenerationRunner : PlaneRunner<GeneratedRows>
{
    private readonly LatentDiffusionModel _model;
    private readonly GenerationColumns _columns;
    private readonly GenerationSettings _settings;
    private readonly GenerationInputs _inputs;
    private readonly ImageOutput _images;
    private readonly bool _makesImages, _makesLatents;
    private readonly int _missingLength;
    private readonly Action _betweenSteps;

    /// <param name="model">A handle that this runner takes over: a cursor that is open outlives its transformer.</param>
    /// <param name="input">The row to read.</param>
    /// <param name="options">The columns and settings.</param>
    /// <param name="activeOutputs">Which outputs are asked for.</param>
    /// <param name="capacity">Rows a batch.</param>
    /// <param name="betweenSteps">Called between the steps of sampling; what it throws ends it.</param>
    public GenerationRunner(
        LatentDiffusionModel model, DataViewRow input, GenerateImagesOptions options, IReadOnlyList<bool> activeOutputs, int capacity,
        Action betweenSteps)
        : base(GenerationInputs.ChannelsOf(options, model.Autoencoder.Config), capacity)
    {
        (_model, _settings, _betweenSteps) = (model, options.Settings, betweenSteps);
        _columns = new GenerationColumns(model.Config, model.Autoencoder.Config, options);
        _makesImages = _columns.Contents.Zip(activeOutputs).Contains((GenerationOutput.Image, true));
        _makesLatents = _columns.Contents.Zip(activeOutputs).Contains((GenerationOutput.Latent, true));
        _missingLength = _columns.Describe(input.Schema)[^1].Type is VectorDataViewType latents ? latents.Size : 0;
        _inputs = new GenerationInputs(input, _columns, model, options, capacity);
        _images = new ImageOutput(model.Autoencoder.Config);
    }

    private protected override Device Device => _model.Device;

    public override Delegate MakeGetter(int output, Func<int> computedSlot)
        => _columns.Contents[output] == GenerationOutput.Image ? MakeImageGetter(computedSlot) : MakeLatentGetter(computedSlot);

    public override void Dispose()
    {
        base.Dispose();
        _model.Dispose();
    }

    private protected override void ReadRow(PlaneBatch batch, int half, int slot) => _inputs.ReadRow(batch, half, slot);

    private protected override GeneratedRows Compute(PlaneGroup group, int half)
    {
        using var scope = NewDisposeScope();
        GenerationBatch rows = _inputs.Together(group, half);
        if (!_makesLatents)
            return new GeneratedRows(_model.Generate(rows, _settings, _ => _betweenSteps()), latents: null);
        Tensor latents = _model.GenerateLatents(rows, _settings, _ => _betweenSteps());
        return new GeneratedRows(_makesImages ? _model.DecodeGenerated(latents, rows, _settings) : null, latents);
    }

    private ValueGetter<MLImage?> MakeImageGetter(Func<int> computedSlot)
    {
        var handover = new ImageHandover();
        return (ref MLImage? destination) =>
        {
            MLImage? image = Find(computedSlot()) is var (rows, index)
                ? _images.Create(rows.Image(index), rows.ImageSize, kept: rows.ImageSize)
                : null;
            handover.Give(ref destination, image);
        };
    }

    /// <summary>Makes a getter of latents; where something that a row needs was missing they are NaN.</summary>
    private ValueGetter<VBuffer<float>> MakeLatentGetter(Func<int> computedSlot)
        => (ref VBuffer<float> destination)
            => VectorHandover.Give(ref destination, Find(computedSlot()) is var (rows, index) ? rows.Latent(index) : [], _missingLength);
}
