using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Transforms.Generate;

/// <summary>Appends images that are generated from the rows' seeds, and their latents if the options name a column for them.</summary>
/// <remarks>
/// A row's image comes from its seed and from the row's conditions, and is the same to the last bit for every batch size, order and pass,
/// and however many threads read. (A different number of libtorch threads changes the last bits of latents.) If an initial image, its mask
/// or tokens are missing, the image is null and the latent NaN.
/// </remarks>
internal sealed class GenerateImagesTransformer : ModelTransformer<LatentDiffusionModel>, IStoredTransformer<GenerateImagesTransformer>
{
    internal const string LoaderName = "LdmMlGenerateImages";

    internal GenerateImagesTransformer(IHostEnvironment environment, LatentDiffusionModel model, GenerateImagesOptions options)
        : base(environment, StoredModelKind.Of<GenerateImagesTransformer>(), model, options, held => ColumnsOf(held, options)) =>
        Options = options;

    static StoredModelKind IStoredTransformer<GenerateImagesTransformer>.Kind { get; } = new("LDM GENE", LoaderName);

    internal GenerateImagesOptions Options { get; }

    /// <summary>Gets the columns: from seeds and conditions to images, and latents if requested.</summary>
    internal static GenerationColumns ColumnsOf(LatentDiffusionModel model, GenerateImagesOptions options) =>
        new(model.Config, model.Autoencoder.Config, options);

    static GenerateImagesTransformer IStoredTransformer<GenerateImagesTransformer>.Read(IHostEnvironment environment, ModelReader reader)
    {
        var options = reader.ReadOptions(OptionsJson.Default.GenerateImagesOptions, PositionalOptions.ReadGeneration);
        return LatentDiffusionEntry.Read(reader, model => new GenerateImagesTransformer(environment, model, options));
    }

    private protected override BatchRunner CreateRunner(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new GenerateImagesRunner(Model.Share(), input, Options, activeOutputs, ThrowIfCanceled);

    private protected override void Write(ModelWriter writer)
    {
        writer.WriteOptions(AsRun(Options), OptionsJson.Default.GenerateImagesOptions);
        LatentDiffusionEntry.Write(writer, Model);
    }

    /// <summary>The columns, and the sizes of what is made from them.</summary>
    internal sealed class GenerationColumns(LatentDiffusionConfig config, AutoencoderConfig autoencoder, GenerateImagesOptions options) : RowColumns
    {
        private readonly GenerationSize sizes = new(options.Settings, config, autoencoder);

        public ColumnNeed? Image { get; } = Need(options.InitialImageColumnName, ColumnContent.Image);

        public ColumnNeed? Mask { get; } = Need(options.MaskColumnName, ColumnContent.Image);

        public ColumnNeed? Label { get; } = Need(options.LabelColumnName, ColumnContent.Label);

        public ColumnNeed? Prompt { get; } = Need(options.PromptColumnName, ColumnContent.Text);

        public ColumnNeed? NegativePrompt { get; } = Need(options.NegativePromptColumnName, ColumnContent.Text);

        public ColumnNeed? Context { get; } = Need(options.ContextColumnName, ColumnContent.Tokens);

        public ColumnNeed? UnconditionalContext { get; } = Need(options.UnconditionalContextColumnName, ColumnContent.Tokens);

        public ColumnNeed? Seed { get; } = Need(options.SeedColumnName, ColumnContent.RowSeed, isOptional: options.SeedOffset is not null);

        // The seed comes last: where it may be missing, the others keep their places.
        public override IReadOnlyList<ColumnNeed> Inputs =>
            [.. ((ColumnNeed?[])[Image, Mask, Label, Prompt, NegativePrompt, Context, UnconditionalContext, Seed]).OfType<ColumnNeed>()];

        /// <summary>Gets whether initial images are small ones that a super-resolution model enlarges.</summary>
        public bool Enlarges => config.Conditioning is ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage };

        /// <exception cref="ArgumentException">
        /// The sizes that columns declare differ or do not fit the model, or tokens have the wrong shape.
        /// </exception>
        public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs)
        {
            foreach (var (need, type) in Inputs.Zip(inputs))
            {
                if (need.Content == ColumnContent.Tokens && type is VectorDataViewType tokens)
                    CountTokens(need.Name, tokens);
            }

            var size = SizeOf(inputs);
            var image = new DataViewSchema.DetachedColumn(options.OutputColumnName, ImageSizeRule.TypeOf(size));
            return options.LatentColumnName is { } latent ? [image, new(latent, LatentType.Of(autoencoder, size))] : [image];
        }

        /// <summary>Counts the tokens of a row's context.</summary>
        /// <exception cref="ArgumentException">The column does not say it, or its tokens have another length.</exception>
        public int CountTokens(string name, VectorDataViewType type)
        {
            var dimension = config.UNet.ContextDimension!.Value;
            var fits = type.Dimensions is [var tokens, var length] ? tokens > 0 && length == dimension : type.Size > 0 && type.Size % dimension == 0;
            return fits
                ? type.Size / dimension
                : throw new ArgumentException($"Column '{name}' holds {type}; this model attends to tokens Vector<Single, tokens, {dimension}>.");
        }

        /// <summary>Gets the size of the images to generate; null if each row has its own.</summary>
        /// <param name="inputs">The types of <see cref="Inputs"/>; none are needed where there are no initial images.</param>
        /// <exception cref="ArgumentException">Columns and settings contradict each other, or the size does not fit the model.</exception>
        public ImageSize? SizeOf(IReadOnlyList<DataViewType> inputs)
        {
            if (Image is null)
                return CheckSize(sizes.Default);
            // Images and masks come first.
            var declared = ImageSizeRule.Declared((ImageDataViewType)inputs[0]);
            if (Mask is not null && ImageSizeRule.Declared((ImageDataViewType)inputs[1]) is { } mask && declared is { } image && mask != image)
            {
                throw new ArgumentException(
                    $"Column '{Mask.Name}' holds masks of {mask}, but column '{Image.Name}' images of {image}; a mask must have the size of its image.");
            }

            return declared is { } size
                ? CheckSize(ResultSize(size))
                : options.Settings is { Width: { } width, Height: { } height } ? CheckSize(new ImageSize(width, height)) : null;
        }

        /// <summary>Gets the size of the image that is generated from an initial image.</summary>
        public ImageSize ResultSize(ImageSize initial) => sizes.MadeOf(initial);

        /// <summary>Gets what is wrong with a size to generate, or null.</summary>
        public string? FindSizeError(ImageSize size) =>
            sizes.Misfit(size) is { } misfit ? $"{misfit.Member} is {misfit.Given}; {misfit.Requirement}" : null;

        private static ColumnNeed? Need(string? name, ColumnContent content, bool isOptional = false) =>
            name is null ? null : new ColumnNeed(name, content) { IsOptional = isOptional };

        private ImageSize CheckSize(ImageSize size)
        {
            var hint = Image is null ? "" : $" They are made from column '{Image.Name}'; use ResizeImagesAntialiased first.";
            return FindSizeError(size) is { } error ? throw new ArgumentException($"The images to generate do not fit: {error}.{hint}") : size;
        }
    }
}
