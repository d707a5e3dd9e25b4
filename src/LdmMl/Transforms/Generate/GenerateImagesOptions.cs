using LdmMl.Schemas;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Tensors;
using Microsoft.ML;

namespace LdmMl;

/// <summary>
/// Options of <see cref="LdmMlCatalog.GenerateImages(TransformsCatalog, LatentDiffusionModel, GenerateImagesOptions)"/>.
/// </summary>
public sealed record GenerateImagesOptions : ModelTransformOptions
{
    /// <summary>Gets the name of the image column to append.</summary>
    public required string OutputColumnName { get; init; }

    /// <summary>
    /// Gets the name of a column of latents to append: Vector&lt;Single, c, h, w&gt; of unit variance, the input of <c>DecodeLatents</c>.
    /// </summary>
    /// <value>Default: null, none.</value>
    public string? LatentColumnName { get; init; }

    /// <summary>
    /// Gets the name of the column of seeds: Int64, Int32, or Double with NaN for a row without a seed.
    /// All noise of a row comes from its seed.
    /// </summary>
    /// <value>Default: <c>Seed</c>. Null means none, which needs <see cref="SeedOffset"/>.</value>
    public string? SeedColumnName { get; init; } = "Seed";

    /// <summary>
    /// Gets the offset for rows without a seed: their seed is this plus the number that the source of the data gave the row, from 0, which
    /// filtering, shuffling and sharding do not change.
    /// </summary>
    /// <value>Default: null, a row without a seed is an error.</value>
    public long? SeedOffset { get; init; }

    /// <summary>
    /// Gets the name of the column of labels: text, a key whose values are text, a key without values, or Int32 (the label's number, from 0).
    /// A missing label (an empty text, a missing key) makes an unconditional image, if the model was trained for that.
    /// </summary>
    /// <value>Default: null, unconditional images.</value>
    public string? LabelColumnName { get; init; }

    /// <summary>
    /// Gets the name of the column of prompts, which the model's text encoder encodes; an empty prompt is valid.
    /// Equal prompts of a batch are encoded once.
    /// </summary>
    /// <value>Default: null, none.</value>
    public string? PromptColumnName { get; init; }

    /// <summary>Gets the name of the column of texts that guidance steers away from (<c>negative_prompt</c>).</summary>
    /// <value>Default: null: with prompts and guidance an empty text, or for SDXL zeros, as diffusers has it.</value>
    public string? NegativePromptColumnName { get; init; }

    /// <summary>Gets the name of the column of context tokens for cross-attention: Vector&lt;Single, tokens, dimension&gt;.</summary>
    /// <value>Default: null, none.</value>
    public string? ContextColumnName { get; init; }

    /// <summary>
    /// Gets the name of the column of context tokens that guidance steers away from (the negative prompt), such as those of an empty text.
    /// </summary>
    /// <value>Default: null, none.</value>
    public string? UnconditionalContextColumnName { get; init; }

    /// <summary>
    /// Gets the name of the column of initial images, for image-to-image and inpainting; for a super-resolution model, of the low-resolution
    /// images. The results have the same size, or are larger by the autoencoder's factor.
    /// </summary>
    /// <value>Default: null, none.</value>
    public string? InitialImageColumnName { get; init; }

    /// <summary>
    /// Gets the name of the column of masks, images of the same size as the initial ones: what is white is generated, what is black or transparent
    /// stays.
    /// </summary>
    /// <value>Default: null, none.</value>
    public string? MaskColumnName { get; init; }

    /// <summary>Gets the colour behind transparent pixels of the initial images.</summary>
    /// <value>Default: white.</value>
    public PixelColor Background { get; init; } = PixelColor.White;

    /// <summary>Gets the sampler, its steps and eta, guidance, strength and size: the same for every row.</summary>
    /// <value>Default: as the model is usually sampled, without guidance, in the size that it was trained with.</value>
    public GenerationSettings Settings { get; init; } = new();

    internal override void Validate()
    {
        ColumnNames.Require(OutputColumnName);
        ColumnNames.Optional(LatentColumnName);
        ColumnNames.Optional(SeedColumnName);
        ColumnNames.Optional(LabelColumnName);
        ColumnNames.Optional(PromptColumnName);
        ColumnNames.Optional(NegativePromptColumnName);
        ColumnNames.Optional(ContextColumnName);
        ColumnNames.Optional(UnconditionalContextColumnName);
        ColumnNames.Optional(InitialImageColumnName);
        ColumnNames.Optional(MaskColumnName);
        ColumnNames.Distinct((nameof(OutputColumnName), OutputColumnName), (nameof(LatentColumnName), LatentColumnName));
        ArgumentNullException.ThrowIfNull(Settings);
        Check.That(
            SeedColumnName is not null || SeedOffset is not null, SeedColumnName,
            $"every row needs a seed: name the column of seeds, or give {nameof(SeedOffset)}, from which seeds are counted");
        base.Validate();
    }

    /// <summary>Checks columns and settings against a model before there is a row, by the model's own rules.</summary>
    /// <exception cref="OptionException">They do not fit the model.</exception>
    internal void Validate(LatentDiffusionModel model)
    {
        Validate();
        var conditioning = model.Config.Conditioning;
        CheckPrompts(model);
        ConditionRules.Apply(Given(conditioning), Settings, conditioning);
        if (InitialImageColumnName is not null && MaskColumnName is null && conditioning is not ConcatenatedConditioning)
        {
            Check.That(
                Settings.Strength < 1, Settings.Strength,
                $"nothing of the images in {nameof(InitialImageColumnName)} would be left; choose less, such as 0.6, or name masks in "
                + nameof(MaskColumnName));
        }

        Check.That(
            Settings.GuidanceScale == 1 || conditioning is not LabelConditioning || LabelColumnName is not null,
            Settings.GuidanceScale,
            $"there are no labels to steer towards; name their column in {nameof(LabelColumnName)}, or leave it at 1");
        var sampling = Settings.Sampling ?? model.Config.Sampling;
        sampling.CreatePlan(new NoiseSchedule(model.Config.Schedule), Settings.Strength);
    }

    private void CheckPrompts(LatentDiffusionModel model)
    {
        Check.That(
            NegativePromptColumnName is null || PromptColumnName is not null, NegativePromptColumnName,
            $"it needs {nameof(PromptColumnName)} too; give both or neither");
        if (PromptColumnName is null)
            return;
        PromptRules.CheckModel(PromptColumnName, nameof(PromptColumnName), model.Config.Conditioning, model.TextEncoder);
        Check.That(
            ContextColumnName is null && UnconditionalContextColumnName is null, PromptColumnName,
            $"{nameof(ContextColumnName)} or {nameof(UnconditionalContextColumnName)} is given too; give prompts or tokens");
        if (NegativePromptColumnName is not null)
            PromptRules.CheckNegative(Settings.GuidanceScale, NegativePromptColumnName, nameof(NegativePromptColumnName));
    }

    // A super-resolution model takes initial images as the small ones.
    private GivenInputs Given(Conditioning conditioning)
    {
        var images = new GivenInput(nameof(InitialImageColumnName), InitialImageColumnName);
        var enlarges = conditioning is ConcatenatedConditioning { Input: ConcatenatedInput.LowResolutionImage };
        return new GivenInputs
        {
            Labels = new(nameof(LabelColumnName), LabelColumnName),
            Context = PromptColumnName is null ? new(nameof(ContextColumnName), ContextColumnName) : new(nameof(PromptColumnName), PromptColumnName),
            UnconditionalContext = PromptColumnName is null
                ? new(nameof(UnconditionalContextColumnName), UnconditionalContextColumnName)
                : new(nameof(PromptColumnName), PromptColumnName),
            InitialImages = enlarges ? images with { Value = null } : images,
            Masks = new(nameof(MaskColumnName), MaskColumnName),
            LowResolutionImages = enlarges ? images : images with { Value = null },
        };
    }
}
