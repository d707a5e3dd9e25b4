using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Training;

/// <summary>What a trained autoencoder reads and appends: one image column in; latents, reconstructions or both out.</summary>
/// <param name="config">The shape of the network.</param>
/// <param name="columns">The columns.</param>
/// <param name="model">The trained autoencoder, which the column of latents names; null before it is trained.</param>
internal sealed class TrainedOutputs(AutoencoderConfig config, TrainedColumns columns, AutoencoderModel? model = null) : RowColumns
{
    public override IReadOnlyList<ColumnNeed> Inputs => [new(columns.InputName, ColumnContent.Image)];

    public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs)
    {
        var outputs = new List<DataViewSchema.DetachedColumn>();
        if (columns.Latents is { } latents)
            outputs.AddRange(new EncodeImagesColumns(config, latents).Outputs(inputs).Select(Named));
        if (columns.Reconstructions is { } reconstructions)
            outputs.AddRange(new ReconstructImagesColumns(config, reconstructions).Outputs(inputs));
        return outputs;
    }

    private DataViewSchema.DetachedColumn Named(DataViewSchema.DetachedColumn column) =>
        model is null ? column : FirstStageAnnotation.With(column, model);
}
