using LdmMl.Encoding;
using LdmMl.Reconstruction;
using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Training;

/// <summary>What a trained autoencoder reads and appends: one image column in; latents, reconstructions or both out.</summary>
internal sealed class TrainedOutputs(AutoencoderConfig config, TrainedColumns columns) : RowColumns
{
    public override IReadOnlyList<ColumnNeed> Inputs => [new(columns.Common.InputName, ColumnContent.Image)];

    public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs)
    {
        var outputs = new List<DataViewSchema.DetachedColumn>();
        if (columns.Latents is { } latents)
            outputs.AddRange(new EncodingColumns(config, latents).Outputs(inputs));
        if (columns.Reconstructions is { } reconstructions)
            outputs.AddRange(new ReconstructionColumns(config, reconstructions).Outputs(inputs));
        return outputs;
    }
}
