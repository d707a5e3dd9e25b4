using LdmMl.Autoencoders;
using LdmMl.Batching;
using LdmMl.Models;
using LdmMl.Torch.Diffusion;
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
    private readonly LatentDiffusionModel model;
    private readonly GenerationColumns columns;
    private readonly GenerationSettings settings;
    private readonly GenerationInputs inputs;
    private readonly ImageOutput images;
    private readonly bool makesImages, makesLatents;
    private readonly int missingLength;
    private readonly Action betweenSteps;

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
        (this.model, settings, this.betweenSteps) = (model, options.Settings, betweenSteps);
        columns = new GenerationColumns(model.Config, model.Autoencoder.Config, options);
        makesImages = columns.Contents.Zip(activeOutputs).Contains((GenerationOutput.Image, true));
        makesLatents = columns.Contents.Zip(activeOutputs).Contains((GenerationOutput.Latent, true));
        missingLength = columns.Describe(input.Schema)[^1].Type is VectorDataViewType latents ? latents.Size : 0;
        inputs = new GenerationInputs(input, columns, model, options, capacity);
        images = new ImageOutput(model.Autoencoder.Config);
    }

    private protected override Device Device => model.Device;

    public override Delegate MakeGetter(int output, Func<int> computedSlot) =>
        columns.Contents[output] == GenerationOutput.Image ? MakeImageGetter(computedSlot) : MakeLatentGetter(computedSlot);

    public override void Dispose()
    {
        base.Dispose();
        model.Dispose();
    }

    private protected override void ReadRow(PlaneBatch batch, int half, int slot) => inputs.ReadRow(batch, half, slot);

    private protected override GeneratedRows Compute(PlaneGroup group, int half)
    {
        using var scope = NewDisposeScope();
        var rows = inputs.Together(group, half);
        var progress = new StepProgress(_ => betweenSteps());
        if (!makesLatents)
            return new GeneratedRows(model.Generate(rows, settings, progress), latents: null);
        var latents = model.GenerateLatents(rows, settings, progress);
        return new GeneratedRows(makesImages ? model.DecodeGenerated(latents, rows, settings) : null, latents);
    }

    private ValueGetter<MLImage?> MakeImageGetter(Func<int> computedSlot)
    {
        var handover = new ImageHandover();
        return (ref MLImage? destination) =>
        {
            var image = Find(computedSlot()) is var (rows, index)
                ? images.Create(rows.Image(index), rows.ImageSize, kept: rows.ImageSize)
                : null;
            handover.Give(ref destination, image);
        };
    }

    /// <summary>Makes a getter of latents; where something that a row needs was missing they are NaN.</summary>
    private ValueGetter<VBuffer<float>> MakeLatentGetter(Func<int> computedSlot) =>
        (ref VBuffer<float> destination) =>
            VectorHandover.Give(ref destination, Find(computedSlot()) is var (rows, index) ? rows.Latent(index) : [], missingLength);
}
