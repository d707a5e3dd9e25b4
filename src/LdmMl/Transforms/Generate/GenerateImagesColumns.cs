using LdmMl.Schemas;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Transforms.Generate;

/// <summary>The columns of generating: seeds and conditions in; images, and latents where they are wanted, out.</summary>
internal sealed class GenerateImagesColumns : RowColumns
{
    private readonly GenerateImagesOptions options;
    private readonly LatentDiffusionConfig config;
    private readonly AutoencoderConfig autoencoder;
    private readonly ColumnNeed[] needs;

    public GenerateImagesColumns(LatentDiffusionModel model, GenerateImagesOptions options)
        : this(model.Config, model.Autoencoder.Config, options)
    {
    }

    public GenerateImagesColumns(LatentDiffusionConfig config, AutoencoderConfig autoencoder, GenerateImagesOptions options)
    {
        (this.config, this.autoencoder, this.options) = (config, autoencoder, options);
        Image = Need(options.InitialImageColumnName, ColumnContent.Image);
        Mask = Need(options.MaskColumnName, ColumnContent.Image);
        Label = Need(options.LabelColumnName, ColumnContent.Label);
        Prompt = Need(options.PromptColumnName, ColumnContent.Text);
        NegativePrompt = Need(options.NegativePromptColumnName, ColumnContent.Text);
        Context = Need(options.ContextColumnName, ColumnContent.Tokens);
        UnconditionalContext = Need(options.UnconditionalContextColumnName, ColumnContent.Tokens);
        Seed = Need(options.SeedColumnName, ColumnContent.RowSeed) is { } seed ? seed with { IsOptional = options.SeedOffset is not null } : null;
        needs = [.. ((ColumnNeed?[])[Image, Mask, Label, Prompt, NegativePrompt, Context, UnconditionalContext, Seed]).OfType<ColumnNeed>()];
    }

    public ColumnNeed? Image { get; }

    public ColumnNeed? Mask { get; }

    public ColumnNeed? Label { get; }

    public ColumnNeed? Prompt { get; }

    public ColumnNeed? NegativePrompt { get; }

    public ColumnNeed? Context { get; }

    public ColumnNeed? UnconditionalContext { get; }

    public ColumnNeed? Seed { get; }

    // The seed comes last: where it may be missing, the others keep their places.
    public override IReadOnlyList<ColumnNeed> Inputs => needs;

    /// <summary>Gets the number of planes of a row: those of its initial image and its mask; 0 without an initial image.</summary>
    public int PlaneChannels => Image is null ? 0 : autoencoder.ImageChannels + (Mask is null ? 0 : 1);

    /// <exception cref="ArgumentException">
    /// The sizes that columns declare differ or do not fit the model, or tokens have another shape than it looks at.
    /// </exception>
    public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs)
    {
        foreach (var tokens in ((ColumnNeed?[])[Context, UnconditionalContext]).OfType<ColumnNeed>())
        {
            if (TypeOf(tokens, inputs) is VectorDataViewType vector)
                CountTokens(tokens, vector);
        }

        var size = SizeOf(inputs);
        var image = new DataViewSchema.DetachedColumn(options.OutputColumnName, ImageSizeRule.TypeOf(size));
        return options.LatentColumnName is { } latent ? [image, new(latent, LatentType(size))] : [image];
    }

    /// <summary>Counts the tokens of a row's context.</summary>
    /// <exception cref="ArgumentException">The column does not say it, or its tokens have another length.</exception>
    public int CountTokens(ColumnNeed need, VectorDataViewType type)
    {
        var dimension = TokenDimension;
        var fits = type.Dimensions is [var tokens, var length] ? tokens > 0 && length == dimension : type.Size > 0 && type.Size % dimension == 0;
        return fits
            ? type.Size / dimension
            : throw new ArgumentException($"Column '{need.Name}' holds {type}; this model looks at tokens Vector<Single, tokens, {dimension}>.");
    }

    /// <summary>Gets the size of the images to generate; null where each row has its own.</summary>
    /// <exception cref="ArgumentException">Columns and settings contradict each other, or the size does not fit the model.</exception>
    public ImageSize? SizeOf(IReadOnlyList<DataViewType> inputs)
    {
        var settings = options.Settings;
        if (Image is null)
            return CheckSize(Sizes.Default);
        var declared = ImageSizeRule.Declared((ImageDataViewType)TypeOf(Image, inputs));
        if (Mask is not null && ImageSizeRule.Declared((ImageDataViewType)TypeOf(Mask, inputs)) is { } mask && declared is { } image && mask != image)
        {
            throw new ArgumentException(
                $"Column '{Mask.Name}' holds masks of {mask}, and column '{Image.Name}' images of {image}; a mask has its image's size.");
        }

        return declared is { } size
            ? CheckSize(ResultSize(size))
            : settings is { Width: { } width, Height: { } height } ? CheckSize(new ImageSize(width, height)) : null;
    }

    /// <summary>Gets the size of the image that is generated from an initial image.</summary>
    public ImageSize ResultSize(ImageSize initial) => Sizes.MadeOf(initial);

    /// <summary>Gets what is wrong with a size to generate, or null.</summary>
    public string? FindSizeError(ImageSize size) =>
        Sizes.Misfit(size) is { } misfit ? $"{misfit.Member} is {misfit.Given}; {misfit.Requirement}" : null;

    private GenerationSize Sizes => new(options.Settings, config, autoencoder);

    /// <summary>Gets whether initial images are small ones that a super-resolution model enlarges.</summary>
    public bool Enlarges => config.Conditioning is ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage };

    private int TokenDimension => config.UNet.ContextDimension!.Value;

    private static ColumnNeed? Need(string? name, ColumnContent content) => name is null ? null : new ColumnNeed(name, content);

    private DataViewType TypeOf(ColumnNeed need, IReadOnlyList<DataViewType> inputs) => inputs[Array.IndexOf(needs, need)];

    private ImageSize CheckSize(ImageSize size)
    {
        var hint = Image is null ? "" : $" They are made of column '{Image.Name}'; put ResizeImagesAntialiased before.";
        return FindSizeError(size) is { } error ? throw new ArgumentException($"The images to make do not fit: {error}.{hint}") : size;
    }

    private VectorDataViewType LatentType(ImageSize? size)
    {
        var factor = autoencoder.DownsampleFactor;
        return new VectorDataViewType(
            NumberDataViewType.Single, autoencoder.LatentChannels, (size?.Height ?? 0) / factor, (size?.Width ?? 0) / factor);
    }
}
