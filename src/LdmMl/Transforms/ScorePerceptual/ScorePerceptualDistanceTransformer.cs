using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Rows;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Transforms;
using LdmMl.Transforms.ScorePerceptual;
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
public sealed class ScorePerceptualDistanceTransformer
    : ModelTransformer<PerceptualModel>, IStoredTransformer<ScorePerceptualDistanceTransformer>
{
    internal const string LoaderName = "LdmMlPerceptualDistance";

    internal ScorePerceptualDistanceTransformer(IHostEnvironment environment, PerceptualModel perceptualModel, ScorePerceptualDistanceOptions options)
        : base(
            environment, StoredModelKind.Of<ScorePerceptualDistanceTransformer>(), perceptualModel, options,
            model => new ScorePerceptualDistanceColumns(model, options)) =>
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
        new ScorePerceptualDistanceRunner(Model.Share(), input, (ScorePerceptualDistanceColumns)Columns, Options.Background, activeOutputs);

    private protected override void Write(ModelWriter writer)
    {
        writer.WriteOptions(AsRun(Options), OptionsJson.Default.ScorePerceptualDistanceOptions);
        PerceptualModelEntry.Write(writer, Model);
    }
}
