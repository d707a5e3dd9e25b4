using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Schemas;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace LdmMl.Transforms.ScorePerceptual;

/// <summary>
/// Appends how different images look from their references: in total, and by layer and by pixel if the options name columns for them.
/// </summary>
/// <remarks>
/// If an image is missing, the values are NaN. Images of different sizes in a row are an error that names the row.
/// Columns that are not requested are not computed. A reference that repeats from row to row is computed once.
/// </remarks>
internal sealed class ScorePerceptualDistanceTransformer
    : ModelTransformer<PerceptualModel>, IStoredTransformer<ScorePerceptualDistanceTransformer>
{
    internal const string LoaderName = "LdmMlPerceptualDistance";

    /// <summary>The range of pixel values that the published networks expect.</summary>
    internal const PixelRange Range = PixelRange.MinusOneToOne;

    internal ScorePerceptualDistanceTransformer(IHostEnvironment environment, PerceptualModel perceptualModel, ScorePerceptualDistanceOptions options)
        : base(
            environment, StoredModelKind.Of<ScorePerceptualDistanceTransformer>(), perceptualModel, options,
            model => new DistanceColumns(model, options)) =>
        Options = options;

    static StoredModelKind IStoredTransformer<ScorePerceptualDistanceTransformer>.Kind { get; } = new("LDM PERC", LoaderName);

    internal ScorePerceptualDistanceOptions Options { get; }

    static ScorePerceptualDistanceTransformer IStoredTransformer<ScorePerceptualDistanceTransformer>.Read(
        IHostEnvironment environment, ModelReader reader)
    {
        var options = reader.ReadOptions(OptionsJson.Default.ScorePerceptualDistanceOptions, PositionalOptions.ReadPerceptual);
        return PerceptualModelEntry.Read(reader, model => new ScorePerceptualDistanceTransformer(environment, model, options));
    }

    private protected override BatchRunner CreateRunner(DataViewRow input, IReadOnlyList<bool> activeOutputs) =>
        new ScorePerceptualDistanceRunner(Model.Share(), input, (DistanceColumns)Columns, Options.Background, activeOutputs);

    private protected override void Write(ModelWriter writer)
    {
        writer.WriteOptions(AsRun(Options), OptionsJson.Default.ScorePerceptualDistanceOptions);
        PerceptualModelEntry.Write(writer, Model);
    }

    /// <summary>What an appended column holds.</summary>
    internal enum Content
    {
        /// <summary>One number for a row.</summary>
        Distance,

        /// <summary>One number for each layer.</summary>
        Layers,

        /// <summary>One number for each pixel.</summary>
        Map,
    }

    /// <summary>The columns: from references and candidates to distances, optionally by layer and by pixel.</summary>
    /// <param name="model">The model that describes the columns; it is not kept.</param>
    /// <param name="options">The names of the columns.</param>
    internal sealed class DistanceColumns(PerceptualModel model, ScorePerceptualDistanceOptions options) : RowColumns
    {
        private readonly ComparedColumns compared = options.Compared;
        private readonly string name = model.Name, network = model.Trunk.Name, fingerprint = model.Fingerprint;
        private readonly string version = model.Version is { } number ? number == LpipsVersion.V00 ? "0.0" : "0.1" : "";
        private readonly bool isCalibrated = model.IsCalibrated;
        private readonly int minimumSize = model.MinimumSize;
        private readonly IReadOnlyList<string> layerNames = model.LayerNames;

        /// <summary>Gets what the appended columns hold, in their order.</summary>
        public IReadOnlyList<Content> Contents { get; } =
        [
            Content.Distance,
            .. options.LayersColumnName is null ? Array.Empty<Content>() : [Content.Layers],
            .. options.MapColumnName is null ? Array.Empty<Content>() : [Content.Map],
        ];

        public override IReadOnlyList<ColumnNeed> Inputs => [compared.Reference, compared.Candidate];

        /// <exception cref="ArgumentException">The sizes that the columns declare differ, or are too small for the network.</exception>
        public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs)
        {
            compared.CheckTypes(inputs[0], inputs[1]);
            var size = ComparedColumns.Declared(inputs[0], inputs[1]);
            if (size is { } declared && IsTooSmall(declared))
            {
                throw new ArgumentException(
                    $"Columns '{options.ReferenceColumnName}' and '{options.CandidateColumnName}' hold images of {declared}; {SizeNeeded}");
            }

            return [.. Contents.Select(content => Describe(content, size))];
        }

        /// <summary>Returns the size of both images of a row.</summary>
        /// <exception cref="InvalidDataException">
        /// The sizes differ from each other or from what the columns declare, or are too small for the network.
        /// </exception>
        public ImageSize CheckRow(MLImage reference, MLImage candidate, ImageSize? declared, long row)
        {
            var size = compared.CheckRow(reference, candidate, row);
            if (declared is { } expected && size != expected)
                throw RowError.Of(row, $"the columns declare images of {expected}, but these are {size}. {Resizing.Before}");
            return IsTooSmall(size) ? throw RowError.Of(row, $"the images are {size}; {SizeNeeded}") : size;
        }

        private Wording SizeNeeded => Wording.Of(
            $"{name} needs at least {minimumSize} pixels on each side. "
            + $"Enlarge them{Wording.ForCode(" with ResizeImagesAntialiased")}, or use a smaller network.");

        private bool IsTooSmall(ImageSize size) => Math.Min(size.Width, size.Height) < minimumSize;

        private DataViewSchema.DetachedColumn Describe(Content content, ImageSize? size) => content switch
        {
            Content.Layers => Score().WithSlots(layerNames)
                .Describe(options.LayersColumnName!, new VectorDataViewType(NumberDataViewType.Single, layerNames.Count)),
            Content.Map => Score()
                .Describe(options.MapColumnName!, new VectorDataViewType(NumberDataViewType.Single, 1, size?.Height ?? 0, size?.Width ?? 0)),
            _ => Score().Describe(options.OutputColumnName, NumberDataViewType.Single),
        };

        private ScoreColumn Score() => new ScoreColumn()
            .With(ScoreAnnotations.PerceptualModel, name)
            .With(ScoreAnnotations.PerceptualNetwork, network)
            .With(ScoreAnnotations.PerceptualVersion, version)
            .With(ScoreAnnotations.PerceptualIsCalibrated, isCalibrated)
            .With(ScoreAnnotations.PerceptualPixelRange, Range.ToString())
            .With(ScoreAnnotations.Fingerprint, fingerprint);
    }
}
