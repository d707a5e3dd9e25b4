using System.Globalization;
using System.Text.Json;
using LdmMl.Internals;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Metrics;
using LdmMl.Torch.Models;
using LdmMl.Torch.Tensors;

namespace LdmMl.Transforms;

/// <summary>Options in model files of LdmMl 0.1, stored as a sequence of values.</summary>
/// <remarks>The initialisers below read them in the order in which they are written.</remarks>
internal static class PositionalOptions
{
    public static LoadImageFilesOptions ReadLoading(ModelReader reader) => new()
    {
        OutputColumnName = reader.ReadString(),
        InputColumnName = reader.ReadString(),
        ImageFolder = reader.ReadOptionalString(),
        Errors = reader.ReadEnum<ImageFileErrors>(),
    };

    public static ResizeImagesOptions ReadResizing(ModelReader reader) => new()
    {
        OutputColumnName = reader.ReadString(),
        InputColumnName = reader.ReadString(),
        ImageWidth = reader.ReadInt32(),
        ImageHeight = reader.ReadInt32(),
        Fit = reader.ReadEnum<ImageFit>(),
        Filter = reader.ReadEnum<ResizeFilter>(),
        Background = ReadColor(reader),
    };

    public static EncodeImagesOptions ReadEncoding(ModelReader reader) =>
        ReadImageEncoding(reader) with { SeedColumnName = reader.ReadOptionalString() };

    public static DecodeLatentsOptions ReadDecoding(ModelReader reader) => new()
    {
        OutputColumnName = reader.ReadString(),
        InputColumnName = reader.ReadString(),
        BatchSize = reader.ReadInt32(),
        Prefetch = reader.ReadBoolean(),
        Precision = ReadPrecision(reader),
        Convolutions = ReadConvolutions(reader),
    };

    public static ReconstructImagesOptions ReadReconstruction(ModelReader reader)
    {
        var options = ReadImageEncoding(reader);
        return new ReconstructImagesOptions
        {
            OutputColumnName = options.OutputColumnName, InputColumnName = options.InputColumnName, BatchSize = options.BatchSize,
            Prefetch = options.Prefetch, Precision = options.Precision, Convolutions = options.Convolutions, Sides = options.Sides,
            Background = options.Background,
        };
    }

    public static InterpolateLatentsOptions ReadInterpolation(ModelReader reader) => new()
    {
        OutputColumnName = reader.ReadString(),
        FirstColumnName = reader.ReadString(),
        SecondColumnName = reader.ReadString(),
        Fraction = reader.ReadDouble(),
        FractionColumnName = reader.ReadOptionalString(),
    };

    public static ScoreImageQualityOptions ReadQuality(ModelReader reader) => new()
    {
        ReferenceColumnName = reader.ReadString(),
        CandidateColumnName = reader.ReadString(),
        PsnrColumnName = reader.ReadString(),
        SsimColumnName = reader.ReadString(),
        Background = ReadColor(reader),
        Ssim = ReadSsim(reader),
        MsSsimColumnName = reader.ReadOptionalString(),
        MsSsim = ReadSsim(reader),
    };

    public static ScorePerceptualDistanceOptions ReadPerceptual(ModelReader reader) => new()
    {
        ReferenceColumnName = reader.ReadString(),
        CandidateColumnName = reader.ReadString(),
        OutputColumnName = reader.ReadString(),
        LayersColumnName = reader.ReadOptionalString(),
        MapColumnName = reader.ReadOptionalString(),
        Background = ReadColor(reader),
        BatchSize = reader.ReadInt32(),
        Prefetch = reader.ReadBoolean(),
        Precision = reader.ReadEnum<ModelPrecision>(),
        Convolutions = ReadConvolutions(reader),
    };

    public static GenerateImagesOptions ReadGeneration(ModelReader reader) => new()
    {
        OutputColumnName = reader.ReadString(),
        LatentColumnName = reader.ReadOptionalString(),
        SeedColumnName = reader.ReadOptionalString(),
        SeedOffset = reader.ReadOptionalString() is { } offset ? long.Parse(offset, CultureInfo.InvariantCulture) : null,
        LabelColumnName = reader.ReadOptionalString(),
        ContextColumnName = reader.ReadOptionalString(),
        UnconditionalContextColumnName = reader.ReadOptionalString(),
        InitialImageColumnName = reader.ReadOptionalString(),
        MaskColumnName = reader.ReadOptionalString(),
        Background = ReadColor(reader),
        Settings = ReadSettings(reader.ReadString()),
        BatchSize = reader.ReadInt32(),
        Prefetch = reader.ReadBoolean(),
        Precision = reader.ReadEnum<ModelPrecision>(),
        Convolutions = ReadConvolutions(reader),
    };

    /// <summary>Reads the options that encoding and reconstructing have in common.</summary>
    public static EncodeImagesOptions ReadImageEncoding(ModelReader reader) => new()
    {
        OutputColumnName = reader.ReadString(),
        InputColumnName = reader.ReadString(),
        BatchSize = reader.ReadInt32(),
        Prefetch = reader.ReadBoolean(),
        Precision = ReadPrecision(reader),
        Convolutions = ReadConvolutions(reader),
        Sides = reader.ReadEnum<ImageSides>(),
        Background = ReadColor(reader),
    };

    private static SsimSettings ReadSsim(ModelReader reader) => new()
    {
        Window = reader.ReadEnum<SsimWindow>(),
        WindowSize = reader.ReadInt32(),
        Sigma = reader.ReadDouble(),
        Covariance = reader.ReadEnum<SsimCovariance>(),
        Border = reader.ReadEnum<SsimBorder>(),
        K1 = reader.ReadDouble(),
        K2 = reader.ReadDouble(),
    };

    private static ModelPrecision? ReadPrecision(ModelReader reader) =>
        reader.ReadOptionalString() is { } name ? ModelReader.ParseEnum<ModelPrecision>(name) : null;

    /// <summary>Reads the convolution mode, which files of the first version do not store.</summary>
    private static ConvolutionMode ReadConvolutions(ModelReader reader) =>
        reader.Version < StoredModelKind.WithConvolutions ? ConvolutionMode.Auto : reader.ReadEnum<ConvolutionMode>();

    private static PixelColor ReadColor(ModelReader reader)
    {
        var color = reader.ReadInt32();
        return new PixelColor((byte)(color >> 16), (byte)(color >> 8), (byte)color);
    }

    private static GenerationSettings ReadSettings(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, OptionsJson.Default.GenerationSettings)!;
        }
        catch (JsonException exception)
        {
            throw new FormatException($"The model file's settings were written by a newer version, or are damaged: {exception.Message}", exception);
        }
    }
}
