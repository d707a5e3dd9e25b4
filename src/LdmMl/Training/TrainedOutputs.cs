using LdmMl.Schemas;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Transforms.Encode;
using LdmMl.Transforms.Reconstruct;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Training;

/// <summary>The columns of a trained autoencoder: from one image column to latents, reconstructions or both.</summary>
/// <param name="config">The shape of the network.</param>
/// <param name="columns">The columns.</param>
/// <param name="model">The trained autoencoder, which the column of latents names; null before it is trained.</param>
internal sealed class TrainedOutputs(AutoencoderConfig config, TrainedColumns columns, AutoencoderModel? model = null) : RowColumns
{
    public override IReadOnlyList<ColumnNeed> Inputs => [new(columns.InputName, ColumnContent.Image)];

    public override IReadOnlyList<DataViewSchema.DetachedColumn> Outputs(IReadOnlyList<DataViewType> inputs)
    {
        if (model is null)
            RequireMultiples((ImageDataViewType)inputs[0]);
        var outputs = new List<DataViewSchema.DetachedColumn>();
        if (columns.Latents is { } latents)
            outputs.AddRange(EncodeImagesTransformer.ColumnsOf(config, latents).Outputs(inputs).Select(Named));
        if (columns.Reconstructions is { } reconstructions)
            outputs.AddRange(ReconstructImagesTransformer.ColumnsOf(config, reconstructions).Outputs(inputs));
        return outputs;
    }

    // A trained transformer can pad, training cannot.
    private void RequireMultiples(ImageDataViewType images)
    {
        if (images.Width % config.DownsampleFactor != 0 || images.Height % config.DownsampleFactor != 0)
        {
            throw new ArgumentException(
                $"Column '{columns.InputName}' holds images of {images.Width}x{images.Height}; to train, both sides must be multiples of " +
                $"{config.DownsampleFactor}. Use ResizeImagesAntialiased first.");
        }
    }

    private DataViewSchema.DetachedColumn Named(DataViewSchema.DetachedColumn column) =>
        model is null ? column : FirstStageAnnotation.With(column, model);
}
