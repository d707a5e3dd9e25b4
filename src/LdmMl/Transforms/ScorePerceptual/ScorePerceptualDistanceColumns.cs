using LdmMl.Schemas;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Transforms.ScorePerceptual;

/// <summary>
/// The columns of a perceptual distance: references and candidates in; distances, and what they are made of where it is wanted, out.
/// </summary>
internal sealed class ScorePerceptualDistanceColumns : RowColumns
{
    /// <summary>The range of pixel values that the published networks were given.</summary>
    public const PixelRange Range = PixelRange.MinusOneToOne;

    // The name that ML.NET's GetSlotNames looks for; its own constant is internal.
    private const string SlotNames = "SlotNames";

    private readonly ScorePerceptualDistanceOptions options;
    private readonly string name, network, version, fingerprint;
    private readonly bool isCalibrated;
    private readonly int minimumSize;
    private readonly IReadOnlyList<string> layerNames;

    /// <param name="model">What the columns are described by; it is not kept.</param>
    /// <param name="options">The names of the columns.</param>
    public ScorePerceptualDistanceColumns(PerceptualModel model, ScorePerceptualDistanceOptions options)
    {
        this.options = options;
        (name, network, fingerprint, isCalibrated) = (model.Name, model.Trunk.Name, model.Fingerprint, model.IsCalibrated);
        version = model is LpipsModel lpips ? lpips.Version == LpipsVersion.V00 ? "0.0" : "0.1" : "";
        (minimumSize, layerNames) = (model.MinimumSize, model.LayerNames);
        Compared = new ComparedColumns(options.ReferenceColumnName, options.CandidateColumnName);
        Contents =
        [
            Content.Distance,
            .. options.LayersColumnName is null ? Array.Empty<Content>() : [Content.Layers],
            .. options.MapColumnName is null ? Array.Empty<Content>() : [Content.Map],
        ];
    }

    /// <summary>What a column of a perceptual distance holds.</summary>
    internal enum Content
    {
        /// <summary>One number for a row.</summary>
        Distance,

        /// <summary>One number for each layer.</summary>
        Layers,

        /// <summary>One number for each pixel.</summary>
        Map,
    }

    public ComparedColumns Compared { get; }

    /// <summary>Gets what the appended columns hold, in their order.</summary>
    public IReadOnlyList<Content> Contents { get; }

    public override IReadOnlyList<ColumnNeed> Inputs => [Compared.Reference, Compared.Candidate];

    /// <exception cref="ArgumentException">The sizes that the columns declare differ, or are too small for the network.</exception>
    public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs)
    {
        Compared.CheckTypes(inputs[0], inputs[1]);
        var size = DeclaredSize(inputs);
        if (size is { } declared && IsTooSmall(declared))
        {
            throw new ArgumentException(
                $"Columns '{options.ReferenceColumnName}' and '{options.CandidateColumnName}' hold images of {declared}; {SizeNeeded}");
        }

        return [.. Contents.Select(content => Describe(content, size))];
    }

    /// <summary>Gets the size that one of the columns declares, or null if neither does.</summary>
    public static ImageSize? DeclaredSize(IReadOnlyList<DataViewType> inputs) =>
        ImageSizeRule.Declared((ImageDataViewType)inputs[0]) ?? ImageSizeRule.Declared((ImageDataViewType)inputs[1]);

    /// <summary>Returns the size of both images of a row.</summary>
    /// <exception cref="InvalidDataException">
    /// The sizes differ from each other or from what the columns declare, or are too small for the network.
    /// </exception>
    public ImageSize CheckRow(MLImage reference, MLImage candidate, ImageSize? declared, long row)
    {
        var size = Compared.CheckRow(reference, candidate, row);
        if (declared is { } expected && size != expected)
        {
            throw RowError.Of(row,
                $"the columns say that their images are {expected}, and these are {size}. {Resizing.Before}");
        }

        return IsTooSmall(size) ? throw RowError.Of(row, $"the images are {size}; {SizeNeeded}") : size;
    }

    private Wording SizeNeeded => Wording.Of(
        $"{name} needs at least {minimumSize} pixels on each side. "
        + $"Enlarge them{Wording.ForCode(" with ResizeImagesAntialiased")}, or take a smaller network.");

    private bool IsTooSmall(ImageSize size) => Math.Min(size.Width, size.Height) < minimumSize;

    private DataViewSchema.DetachedColumn Describe(Content content, ImageSize? size) => content switch
    {
        Content.Layers => new(
            options.LayersColumnName!,
            new VectorDataViewType(NumberDataViewType.Single, layerNames.Count),
            Annotations(layerNames)),
        Content.Map => new(
            options.MapColumnName!,
            new VectorDataViewType(NumberDataViewType.Single, 1, size?.Height ?? 0, size?.Width ?? 0),
            Annotations()),
        _ => new(options.OutputColumnName, NumberDataViewType.Single, Annotations()),
    };

    /// <summary>Describes a score's column.</summary>
    /// <param name="slots">The names of the items of a vector; null for none.</param>
    private DataViewSchema.Annotations Annotations(IReadOnlyList<string>? slots = null)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        AddText(annotations, ScoreAnnotations.PerceptualModel, name);
        AddText(annotations, ScoreAnnotations.PerceptualNetwork, network);
        AddText(annotations, ScoreAnnotations.PerceptualVersion, version);
        annotations.Add(ScoreAnnotations.PerceptualIsCalibrated, BooleanDataViewType.Instance, (ref bool value) => value = isCalibrated);
        AddText(annotations, ScoreAnnotations.PerceptualPixelRange, Range.ToString());
        AddText(annotations, ScoreAnnotations.Fingerprint, fingerprint);
        if (slots is not null)
            AddTexts(annotations, SlotNames, slots);
        return annotations.ToAnnotations();
    }

    private static void AddText(DataViewSchema.Annotations.Builder annotations, string kind, string text) =>
        annotations.Add(kind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = text.AsMemory());

    private static void AddTexts(DataViewSchema.Annotations.Builder annotations, string kind, IReadOnlyList<string> texts)
    {
        ReadOnlyMemory<char>[] values = [.. texts.Select(text => text.AsMemory())];
        var type = new VectorDataViewType(TextDataViewType.Instance, values.Length);
        annotations.Add(kind, type, (ref VBuffer<ReadOnlyMemory<char>> destination) => destination = new(values.Length, values));
    }
}
