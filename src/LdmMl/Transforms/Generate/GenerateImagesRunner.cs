using System.Runtime.InteropServices;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
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

/// <summary>Generates images and latents from seeds and conditions.</summary>
internal sealed class GenerateImagesRunner : PlaneRunner<GenerateImagesRunner.Batch, GenerateImagesRunner.Results>
{
    private readonly LatentDiffusionModel model;
    private readonly GenerationSettings settings;
    private readonly GenerateImagesTransformer.GenerationColumns columns;
    private readonly SeedReader seeds;
    private readonly LabelReader? labels;
    private readonly TextSource? prompts, negativePrompts;
    private readonly TokenSource? context, unconditional;
    private readonly InitialImageInput? initialImages;
    private readonly ImageSize sizeWithoutImage;
    private readonly ImageOutput images;
    private readonly int missingLength;
    private readonly bool makesImages, makesLatents;
    private readonly Action betweenSteps;

    /// <param name="model">A handle that this runner owns: an open cursor outlives its transformer.</param>
    /// <param name="input">The row to read.</param>
    /// <param name="options">The columns and settings.</param>
    /// <param name="activeOutputs">Which outputs are requested: the image, and the latent if there is a column for it.</param>
    /// <param name="betweenSteps">Called between the steps of sampling; what it throws ends it.</param>
    public GenerateImagesRunner(
        LatentDiffusionModel model, DataViewRow input, GenerateImagesOptions options, IReadOnlyList<bool> activeOutputs, Action betweenSteps)
    {
        (this.model, settings, this.betweenSteps) = (model, options.Settings, betweenSteps);
        (makesImages, makesLatents) = (activeOutputs[0], activeOutputs is [_, true]);
        columns = GenerateImagesTransformer.ColumnsOf(model, options);
        missingLength = columns.Describe(input.Schema)[^1].Type is VectorDataViewType latents ? latents.Size : 0;
        images = new ImageOutput(model.Autoencoder.Config);
        seeds = new SeedReader(input, columns.Seed?.FindIfThere(input.Schema), options.SeedOffset);
        labels = Open(columns.Label, column => new LabelReader(input, column, (LabelConditioning)model.Config.Conditioning));
        prompts = Open(columns.Prompt, column => new TextSource(input, column));
        negativePrompts = Open(columns.NegativePrompt, column => new TextSource(input, column));
        context = Open(columns.Context, Tokens);
        unconditional = Open(columns.UnconditionalContext, Tokens);
        initialImages = Open(columns.Image, column => OpenImages(column, options.Background));
        sizeWithoutImage = initialImages is null ? columns.SizeOf([])!.Value : default;

        T? Open<T>(ColumnNeed? need, Func<DataViewSchema.Column, T> open)
            where T : class => need is null ? null : open(need.Find(input.Schema));

        TokenSource Tokens(DataViewSchema.Column column) =>
            new(input, column, columns.CountTokens(column.Name, (VectorDataViewType)column.Type));

        InitialImageInput OpenImages(DataViewSchema.Column column, PixelColor background)
        {
            var config = model.Autoencoder.Config;
            return new(input, column, columns.Mask?.Find(input.Schema), config, background)
            {
                // Small images to enlarge are in [-1, 1] for every first stage.
                Range = columns.Enlarges ? PixelRange.MinusOneToOne : config.PixelRange,
                FindSizeError = size => columns.FindSizeError(columns.ResultSize(size)),
            };
        }
    }

    /// <summary>Gets the function that returns how many bytes of memory are free.</summary>
    internal Func<long> FreeMemory { get; init; } = WorkingMemory.Free;

    private protected override Device Device => model.Device;

    private int ImageChannels => model.Autoencoder.Config.ImageChannels;

    public override Delegate MakeGetter(int output, Func<int> computedSlot) => output == 0
        ? ImageTransfer.MakeGetter(() => Find(computedSlot()) is var (results, index)
            ? images.Create(results.Images!.Row(index), results.Images.Size, kept: results.Images.Size)
            : null)
        : (ValueGetter<VBuffer<float>>)((ref VBuffer<float> destination) => VectorTransfer.Give(
            ref destination, Find(computedSlot()) is var (results, index) ? results.Latents!.Row(index) : [], missingLength));

    public override void Dispose()
    {
        base.Dispose();
        model.Dispose();
    }

    // Rows without an initial image have planes of 0 channels, which group them by size.
    private protected override Batch CreateBatch(int capacity) =>
        new(initialImages is null ? 0 : ImageChannels + (columns.Mask is null ? 0 : 1), capacity);

    private protected override void ReadRow(Batch batch, int slot)
    {
        ref var row = ref batch.Rows[slot];
        row.Seed = seeds.Read();
        row.Label = labels?.Read() ?? 0;
        row.Prompt = prompts?.Read();
        row.NegativePrompt = negativePrompts?.Read();
        if (context?.Read(ref row.Context) == false || unconditional?.Read(ref row.Unconditional) == false)
            return;
        if (initialImages is null)
            batch.Add(slot, sizeWithoutImage);
        else
            initialImages.ReadRow(batch, slot);
    }

    private protected override Results Compute(Batch batch, PlaneGroup group)
    {
        if (Device.type == DeviceType.CPU && makesImages)
        {
            var size = initialImages is null ? group.Size : columns.ResultSize(group.Size);
            AutoencoderMemory.Require(
                model.Autoencoder.Config, size, group.Count, FreeMemory, model.Autoencoder.Precision, TorchRuntime.KeepsFreedMemory,
                AutoencoderMemory.IsDirect(model.Autoencoder.Convolutions));
        }

        using var scope = NewDisposeScope();
        var rows = Combine([.. group.Slots.Select(slot => batch.Rows[slot])], initialImages is null ? null : group.Rows());
        var progress = new StepProgress(_ => betweenSteps());
        if (!makesLatents)
            return new Results(PlaneTensor.Keep(model.Generate(rows, settings, progress)), null);
        var latents = model.GenerateLatents(rows, settings, progress);
        return new Results(makesImages ? PlaneTensor.Keep(model.DecodeGenerated(latents, rows, settings)) : null, PlaneTensor.Keep(latents));
    }

    /// <summary>Combines rows of one size into a batch for the model. The tensors belong to the enclosing scope.</summary>
    private GenerationBatch Combine(Row[] rows, Tensor? planes)
    {
        var images = planes?.narrow(1, 0, ImageChannels);
        return new GenerationBatch
        {
            Seeds = [.. rows.Select(row => row.Seed)],
            Labels = labels is null ? null : [.. rows.Select(row => row.Label)],
            Prompts = prompts is null ? null : [.. rows.Select(row => row.Prompt!)],
            NegativePrompts = negativePrompts is null ? null : [.. rows.Select(row => row.NegativePrompt!)],
            Context = context is null ? null : Stack(rows.Select(row => row.Context), rows.Length, context.Tokens),
            UnconditionalContext = unconditional is null ? null : Stack(rows.Select(row => row.Unconditional), rows.Length, unconditional.Tokens),
            InitialImages = columns.Enlarges ? null : images,
            LowResolutionImages = columns.Enlarges ? images : null,
            Masks = columns.Mask is null ? null : planes!.narrow(1, ImageChannels, 1),
        };
    }

    /// <summary>Stacks the tokens of rows: [rows, tokens, dimension].</summary>
    private static Tensor Stack(IEnumerable<float[]> contexts, int rows, int tokens)
    {
        float[] values = [.. contexts.SelectMany(context => context)];
        return tensor(values, rows, tokens, values.Length / (rows * tokens));
    }

    /// <summary>Seed and conditions of a row.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal struct Row
    {
        public long Seed;
        public int Label;
        public string? Prompt, NegativePrompt;
        public float[] Context, Unconditional;
    }

    /// <summary>The rows of one batch to generate from, and their initial images and masks as planes.</summary>
    internal sealed class Batch(int channels, int capacity) : PlaneBatch(channels, capacity)
    {
        public Row[] Rows { get; } = new Row[capacity];
    }

    /// <summary>What was generated for rows of one size: images [n, C, H, W] and latents [n, c, h, w], if requested.</summary>
    internal sealed record Results(PlaneTensor? Images, PlaneTensor? Latents) : IDisposable
    {
        public void Dispose()
        {
            Images?.Dispose();
            Latents?.Dispose();
        }
    }
}
