using LdmMl.Autoencoders;
using LdmMl.Internals;
using LdmMl.Torch.Layers;

namespace LdmMl.Training;

/// <summary>The columns that a trained autoencoder appends: latents, reconstructions, or both, from one image column.</summary>
/// <param name="Latents">What makes the latents; null for none.</param>
/// <param name="Reconstructions">What makes the reconstructions; null for none.</param>
internal sealed record TrainedColumns(EncodeImagesOptions? Latents, ReconstructImagesOptions? Reconstructions)
{
    /// <summary>Gets what both have in common.</summary>
    public ImageInputOptions Common => Latents is null ? Reconstructions! : Latents;

    public static TrainedColumns From(AutoencoderEstimatorOptions options) => From(
        new EncodeImagesOptions
        {
            OutputColumnName = options.ImageColumnName, InputColumnName = options.ImageColumnName, Background = options.Background,
            GpuDeviceId = options.GpuDeviceId, FallbackToCpu = options.FallbackToCpu, Convolutions = options.Convolutions,
        },
        options.LatentColumnName,
        options.ReconstructionColumnName);

    public static TrainedColumns Read(ModelReader reader)
    {
        (var latents, var reconstructions) = (reader.ReadOptionalString(), reader.ReadOptionalString());
        return From(StoredOptions.ReadEncoding(reader), latents, reconstructions);
    }

    public void Write(ModelWriter writer, ConvolutionMode convolutions)
    {
        writer.WriteOptional(Latents?.OutputColumnName);
        writer.WriteOptional(Reconstructions?.OutputColumnName);
        StoredOptions.Write(writer, Common with { Convolutions = convolutions });
    }

    private static TrainedColumns From(EncodeImagesOptions common, string? latents, string? reconstructions) => new(
        string.IsNullOrEmpty(latents) ? null : common with { OutputColumnName = latents },
        string.IsNullOrEmpty(reconstructions) ? null : new ReconstructImagesOptions
        {
            OutputColumnName = reconstructions, InputColumnName = common.InputColumnName, BatchSize = common.BatchSize, Prefetch = common.Prefetch,
            Precision = common.Precision, Convolutions = common.Convolutions, Sides = common.Sides, Background = common.Background,
            GpuDeviceId = common.GpuDeviceId, FallbackToCpu = common.FallbackToCpu,
        });
}
