using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using LdmMl.Transforms;
using LdmMl.Transforms.Score;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace LdmMl;

/// <summary>Makes a <see cref="ScorePerceptualDistanceTransformer"/>. Nothing is trained: <c>Fit</c> only checks the schema.</summary>
public sealed class ScorePerceptualDistanceEstimator : RowEstimator<ScorePerceptualDistanceTransformer>
{
    internal ScorePerceptualDistanceEstimator(IHostEnvironment environment, PerceptualModel perceptualModel, ScorePerceptualDistanceOptions options)
        : base(
            new ScorePerceptualDistanceColumns(new PerceptualSettings(perceptualModel), options),
            () => new ScorePerceptualDistanceTransformer(environment, perceptualModel, options))
    {
    }
}

/// <summary>
/// Appends how different images look from their references: in all, and by layer and by pixel where the options name columns for them.
/// </summary>
/// <remarks>
/// Where an image is missing the values are NaN. Images of two sizes in a row are an error that names it.
/// What is not asked for is not computed. References that repeat from row to row are taken through the network once.
/// </remarks>
public sealed class ScorePerceptualDistanceTransformer
    : RowTransformer, IStoredTransformer<ScorePerceptualDistanceTransformer>, IModelHolder<PerceptualModel>
{
    internal const string LoaderName = "LdmMlPerceptualDistance";

    private readonly HeldModel<PerceptualModel> model;

    internal ScorePerceptualDistanceTransformer(IHostEnvironment environment, PerceptualModel perceptualModel, ScorePerceptualDistanceOptions options)
        : base(environment, Kind, options.CancellationToken)
    {
        Options = options;
        model = new HeldModel<PerceptualModel>(
            DeviceChoice.Open(perceptualModel, options, environment), nameof(ScorePerceptualDistanceTransformer));
        var columns = new ScorePerceptualDistanceColumns(new PerceptualSettings(Model), options);
        Columns = columns;
        Computer = new BatchComputer(
            options.BatchSize, options.Prefetch, ThrowIfCanceled,
            (row, activeOutputs) => new ScorePerceptualDistanceRunner(Model.Share(), row, columns, options.Background, activeOutputs));
    }

    internal static StoredModelKind Kind { get; } = new("LDM PERC", LoaderName);

    static StoredModelKind IStoredTransformer<ScorePerceptualDistanceTransformer>.Kind => Kind;

    internal ScorePerceptualDistanceOptions Options { get; }

    internal PerceptualModel Model => model.Value;

    PerceptualModel IModelHolder<PerceptualModel>.Model => Model;

    internal override RowColumns Columns { get; }

    internal override RowComputer Computer { get; }

    static ScorePerceptualDistanceTransformer IStoredTransformer<ScorePerceptualDistanceTransformer>.Read(
        IHostEnvironment environment, ModelReader reader)
    {
        var options = reader.ReadOptions(OptionsJson.Default.ScorePerceptualDistanceOptions, PositionalOptions.ReadPerceptual);
        return PerceptualModelEntry.Read(reader, model => new ScorePerceptualDistanceTransformer(environment, model, options));
    }

    private protected override void Write(ModelWriter writer)
    {
        writer.WriteOptions(
            Options with { Precision = Model.Precision, Convolutions = Model.Convolutions }, OptionsJson.Default.ScorePerceptualDistanceOptions);
        PerceptualModelEntry.Write(writer, Model);
    }

    private protected override void Dispose(bool disposing)
    {
        if (disposing)
            model.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>
/// The columns of a perceptual distance: references and candidates in; distances, and what they are made of where it is wanted, out.
/// </summary>
internal sealed class ScorePerceptualDistanceColumns(PerceptualSettings settings, ScorePerceptualDistanceOptions options) : RowColumns
{
    public ComparedColumns Compared { get; } = new(options.ReferenceColumnName, options.CandidateColumnName);

    /// <summary>Gets what the appended columns hold, in their order.</summary>
    public IReadOnlyList<PerceptualOutput> Contents { get; } =
    [
        PerceptualOutput.Distance,
        .. options.LayersColumnName is null ? Array.Empty<PerceptualOutput>() : [PerceptualOutput.Layers],
        .. options.MapColumnName is null ? Array.Empty<PerceptualOutput>() : [PerceptualOutput.Map],
    ];

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
                $"the columns say that their images are {expected}, and these are {size}. Put ResizeImagesAntialiased before.");
        }

        return IsTooSmall(size) ? throw RowError.Of(row, $"the images are {size}; {SizeNeeded}") : size;
    }

    private string SizeNeeded =>
        $"{settings.Name} needs at least {settings.MinimumSize} pixels on each side. " +
           "Enlarge them with ResizeImagesAntialiased, or take a smaller network.";

    private bool IsTooSmall(ImageSize size) => Math.Min(size.Width, size.Height) < settings.MinimumSize;

    private DataViewSchema.DetachedColumn Describe(PerceptualOutput content, ImageSize? size) => content switch
    {
        PerceptualOutput.Layers => new(
            options.LayersColumnName!,
            new VectorDataViewType(NumberDataViewType.Single, settings.LayerNames.Count),
            settings.Annotations(settings.LayerNames)),
        PerceptualOutput.Map => new(
            options.MapColumnName!,
            new VectorDataViewType(NumberDataViewType.Single, 1, size?.Height ?? 0, size?.Width ?? 0),
            settings.Annotations()),
        _ => new(options.OutputColumnName, NumberDataViewType.Single, settings.Annotations()),
    };
}
