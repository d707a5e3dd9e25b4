using LdmMl.Internals;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;
using LdmMl.Torch.Tensors;

namespace LdmMl.Autoencoders;

/// <summary>Options in a model file. The device is not stored: it belongs to the machine, and comes from the MLContext that loads.</summary>
internal static class StoredOptions
{
    public static void Write(ModelWriter writer, AutoencoderTransformOptions options)
    {
        writer.Write(options.OutputColumnName);
        writer.Write(options.InputName);
        writer.Write(options.BatchSize);
        writer.Write(options.Prefetch);
        writer.WriteOptional(options.Precision?.ToString());
        writer.Write(options.Convolutions!.Value);
        if (options is not ImageInputOptions images)
            return;
        writer.Write(images.Sides);
        WriteColor(writer, images.Background);
    }

    public static EncodeImagesOptions ReadEncoding(ModelReader reader)
    {
        var common = ReadCommon(reader);
        return new EncodeImagesOptions
        {
            OutputColumnName = common.Output, InputColumnName = common.Input, BatchSize = common.BatchSize, Prefetch = common.Prefetch,
            Precision = common.Precision, Convolutions = common.Convolutions, Sides = reader.ReadEnum<ImageSides>(), Background = ReadColor(reader),
        };
    }

    public static ReconstructImagesOptions ReadReconstruction(ModelReader reader)
    {
        var common = ReadCommon(reader);
        return new ReconstructImagesOptions
        {
            OutputColumnName = common.Output, InputColumnName = common.Input, BatchSize = common.BatchSize, Prefetch = common.Prefetch,
            Precision = common.Precision, Convolutions = common.Convolutions, Sides = reader.ReadEnum<ImageSides>(), Background = ReadColor(reader),
        };
    }

    public static DecodeLatentsOptions ReadDecoding(ModelReader reader)
    {
        var common = ReadCommon(reader);
        return new DecodeLatentsOptions
        {
            OutputColumnName = common.Output, InputColumnName = common.Input, BatchSize = common.BatchSize, Prefetch = common.Prefetch,
            Precision = common.Precision, Convolutions = common.Convolutions,
        };
    }

    /// <summary>Reads how convolutions are computed; files of the first version do not say it.</summary>
    public static ConvolutionMode ReadConvolutions(ModelReader reader) =>
        reader.Version < StoredModelKind.WithConvolutions ? ConvolutionMode.Auto : reader.ReadEnum<ConvolutionMode>();

    public static void WriteColor(ModelWriter writer, PixelColor color) => writer.Write(color.Red << 16 | color.Green << 8 | color.Blue);

    public static PixelColor ReadColor(ModelReader reader)
    {
        var color = reader.ReadInt32();
        return new PixelColor((byte)(color >> 16), (byte)(color >> 8), (byte)color);
    }

    private static Common ReadCommon(ModelReader reader)
    {
        (var output, var input) = (reader.ReadString(), reader.ReadString());
        (var batchSize, var prefetch) = (reader.ReadInt32(), reader.ReadBoolean());
        var precision = reader.ReadOptionalString();
        return new Common(
            output, input, batchSize, prefetch, precision is null ? null : Enum.Parse<ModelPrecision>(precision), ReadConvolutions(reader));
    }

    private sealed record Common(
        string Output, string Input, int BatchSize, bool Prefetch, ModelPrecision? Precision, ConvolutionMode Convolutions);
}
