using LdmMl.Autoencoders;
using LdmMl.Batching;
using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Schemas;
using LdmMl.Scoring.Perceptual;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LdmMl;

/// <summary>
/// Appends how different images look from their references: in all, and by layer and by pixel where the options name columns for them.
/// </summary>
/// <remarks>
/// Where an image is missing the values are NaN. Images of two sizes in a row are an error that names it.
/// What is not asked for is not computed. References that repeat from row to row are taken through the network once.
/// </remarks>
public sealed class ScorePerceptualDistanceTransformer : ModelTransformer<PerceptualModel>, IStoredTransformer<ScorePerceptualDistanceTransformer>
{
    private readonly ScorePerceptualDistanceOptions options;
    private readonly PerceptualColumns columns;

    internal ScorePerceptualDistanceTransformer(IHostEnvironment environment, PerceptualModel model, ScorePerceptualDistanceOptions options)
        : base(environment, nameof(ScorePerceptualDistanceTransformer), DeviceChoice.Open(model, options, environment), options)
    {
        this.options = options;
        columns = new PerceptualColumns(new PerceptualSettings(Model), options);
    }

    static StoredModelKind IStoredTransformer<ScorePerceptualDistanceTransformer>.Kind { get; }
        = new("LDM PERC", "LdmMlPerceptualDistance", StoredModelKind.WithConvolutions);

    internal override StoredModelKind StoredKind => StoredKindOf<ScorePerceptualDistanceTransformer>();

    static ScorePerceptualDistanceTransformer IStoredTransformer<ScorePerceptualDistanceTransformer>.Read(
        IHostEnvironment environment, ModelReader reader)
    {
        var options = new ScorePerceptualDistanceOptions
        {
            ReferenceColumnName = reader.ReadString(),
            CandidateColumnName = reader.ReadString(),
            OutputColumnName = reader.ReadString(),
            LayersColumnName = reader.ReadOptionalString(),
            MapColumnName = reader.ReadOptionalString(),
            Background = StoredOptions.ReadColor(reader),
            BatchSize = reader.ReadInt32(),
            Prefetch = reader.ReadBoolean(),
            Precision = reader.ReadEnum<Torch.Models.ModelPrecision>(),
            Convolutions = StoredOptions.ReadConvolutions(reader),
        };
        return StoredPerceptualModel.Read(reader, model => new ScorePerceptualDistanceTransformer(environment, model, options));
    }

    internal override RowColumns Columns => columns;

    internal override BatchRunner ComputeBatches(DataViewRow input, IReadOnlyList<bool> activeOutputs, int capacity) =>
        new PerceptualRunner(Model.Share(), input, columns, options.Background, activeOutputs, capacity);

    private protected override void Write(ModelWriter writer)
    {
        writer.Write(options.ReferenceColumnName);
        writer.Write(options.CandidateColumnName);
        writer.Write(options.OutputColumnName);
        writer.WriteOptional(options.LayersColumnName);
        writer.WriteOptional(options.MapColumnName);
        StoredOptions.WriteColor(writer, options.Background);
        writer.Write(options.BatchSize);
        writer.Write(options.Prefetch);
        writer.Write(Model.Precision);
        writer.Write(Model.Convolutions);
        StoredPerceptualModel.Write(writer, Model);
    }
}
