using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Transforms.Generate;

/// <summary>Seeds and conditions to images and latents.</summary>
internal sealed class GenerateImagesRunner : PlaneRunner<GenerationRows, GenerateImagesRunner.Results>
{
    private readonly LatentDiffusionModel model;
    private readonly GenerationSettings settings;
    private readonly GenerationInputs inputs;
    private readonly ImageOutput images;
    private readonly int channels, missingLength;
    private readonly bool makesImages, makesLatents;
    private readonly Action betweenSteps;

    /// <param name="model">A handle that this runner owns: a cursor that is open outlives its transformer.</param>
    /// <param name="input">The row to read.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="options">The settings.</param>
    /// <param name="activeOutputs">Which outputs are asked for: the image, and the latent where there is a column for it.</param>
    /// <param name="betweenSteps">Called between the steps of sampling; what it throws ends it.</param>
    public GenerateImagesRunner(
        LatentDiffusionModel model, DataViewRow input, GenerateImagesColumns columns, GenerateImagesOptions options,
        IReadOnlyList<bool> activeOutputs, Action betweenSteps)
    {
        (this.model, settings, this.betweenSteps) = (model, options.Settings, betweenSteps);
        (makesImages, makesLatents) = (activeOutputs[0], activeOutputs is [_, true]);
        missingLength = columns.Describe(input.Schema)[^1].Type is VectorDataViewType latents ? latents.Size : 0;
        channels = columns.PlaneChannels;
        inputs = new GenerationInputs(input, columns, model, options);
        images = new ImageOutput(model.Autoencoder.Config);
    }

    /// <summary>Gets the function that returns how many bytes of memory are free.</summary>
    internal Func<long> FreeMemory { get; init; } = WorkingMemory.Free;

    private protected override Device Device => model.Device;

    public override Delegate MakeGetter(int output, Func<int> computedSlot) => output == 0
        ? ImageTransfer.MakeGetter(() => Find(computedSlot()) is var (results, index)
            ? images.Create(results.Image(index), results.ImageSize, kept: results.ImageSize)
            : null)
        : (ValueGetter<VBuffer<float>>)((ref VBuffer<float> destination) =>
            VectorTransfer.Give(ref destination, Find(computedSlot()) is var (results, index) ? results.Latent(index) : [], missingLength));

    public override void Dispose()
    {
        base.Dispose();
        model.Dispose();
    }

    private protected override GenerationRows CreateBatch(int capacity) => new(channels, capacity);

    private protected override void ReadRow(GenerationRows batch, int slot) => inputs.ReadRow(batch, slot);

    private protected override Results Compute(GenerationRows batch, PlaneGroup group)
    {
        if (Device.type == DeviceType.CPU && makesImages)
        {
            AutoencoderMemory.Require(
                model.Autoencoder.Config, inputs.ResultSize(group.Size), group.Count, FreeMemory, model.Autoencoder.Precision,
                TorchRuntime.KeepsFreedMemory, AutoencoderMemory.IsDirect(model.Autoencoder.Convolutions));
        }

        using var scope = NewDisposeScope();
        var rows = inputs.Combine(batch, group);
        var progress = new StepProgress(_ => betweenSteps());
        if (!makesLatents)
            return new Results(model.Generate(rows, settings, progress), latents: null);
        var latents = model.GenerateLatents(rows, settings, progress);
        return new Results(makesImages ? model.DecodeGenerated(latents, rows, settings) : null, latents);
    }

    /// <summary>What was generated for rows of one size.</summary>
    /// <param name="images">Images [n, C, H, W], which this takes over; null where nobody asks for them.</param>
    /// <param name="latents">Latents [n, c, h, w], likewise.</param>
    internal sealed class Results(Tensor? images, Tensor? latents) : IDisposable
    {
        private readonly PlaneTensor? images = Keep(images), latents = Keep(latents);

        public ImageSize ImageSize => images!.Size;

        /// <summary>Gets the image [C, H, W] of a row; valid until this is disposed.</summary>
        public ReadOnlySpan<float> Image(int row) => images!.Row(row);

        /// <summary>Gets the latent [c, h, w] of a row; valid until this is disposed.</summary>
        public ReadOnlySpan<float> Latent(int row) => latents!.Row(row);

        public void Dispose()
        {
            images?.Dispose();
            latents?.Dispose();
        }

        private static PlaneTensor? Keep(Tensor? rows) => rows is null ? null : new PlaneTensor(rows.contiguous().DetachFromDisposeScope());
    }
}
