using System.Text.Json.Serialization;
using LdmMl.Internals;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models;
using LdmMl.Transforms;

namespace LdmMl.Training;

/// <summary>The columns that a trained autoencoder appends: latents, reconstructions, or both, from one image column.</summary>
/// <param name="Latents">How latents are computed; null for none.</param>
/// <param name="Reconstructions">How reconstructions are computed; null for none.</param>
internal sealed record TrainedColumns(EncodeImagesOptions? Latents, ReconstructImagesOptions? Reconstructions)
{
    /// <summary>Gets the options of the network for both.</summary>
    [JsonIgnore]
    public ModelTransformOptions Common => Latents is null ? Reconstructions! : Latents;

    /// <summary>Gets the name of the image column.</summary>
    [JsonIgnore]
    public string InputName => Latents?.InputName ?? Reconstructions!.InputName;

    public static TrainedColumns From(AutoencoderEstimatorOptions options) => From(
        new EncodeImagesOptions
        {
            OutputColumnName = options.ImageColumnName, InputColumnName = options.ImageColumnName, Background = options.Background,
            GpuDeviceId = options.GpuDeviceId, FallbackToCpu = options.FallbackToCpu, Convolutions = options.Convolutions,
        },
        options.LatentColumnName,
        options.ReconstructionColumnName);

    /// <summary>Reads the columns from a model file of LdmMl 0.1.</summary>
    public static TrainedColumns ReadPositional(ModelReader reader)
    {
        (var latents, var reconstructions) = (reader.ReadOptionalString(), reader.ReadOptionalString());
        return From(PositionalOptions.ReadImageEncoding(reader), latents, reconstructions);
    }

    /// <summary>Gets the columns with other settings of the network.</summary>
    public TrainedColumns With(ModelPrecision precision, ConvolutionMode convolutions) => new(
        Latents is null ? null : Latents with { Precision = precision, Convolutions = convolutions },
        Reconstructions is null ? null : Reconstructions with { Precision = precision, Convolutions = convolutions });

    private static TrainedColumns From(EncodeImagesOptions common, string? latents, string? reconstructions) => new(
        string.IsNullOrEmpty(latents) ? null : common with { OutputColumnName = latents },
        string.IsNullOrEmpty(reconstructions) ? null : new ReconstructImagesOptions
        {
            OutputColumnName = reconstructions, InputColumnName = common.InputColumnName, BatchSize = common.BatchSize, Prefetch = common.Prefetch,
            Precision = common.Precision, Convolutions = common.Convolutions, CancellationToken = common.CancellationToken,
            Sides = common.Sides, Background = common.Background,
            GpuDeviceId = common.GpuDeviceId, FallbackToCpu = common.FallbackToCpu,
        });
}
