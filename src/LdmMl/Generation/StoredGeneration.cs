using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LdmMl.Autoencoders;
using LdmMl.Internals;
using LdmMl.Models;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;

namespace LdmMl.Generation;

/// <summary>
/// Generation in a model file. The device is not stored: it belongs to the machine, and comes from the MLContext that loads.
/// </summary>
internal static class StoredGeneration
{
    // Named values: a file stays readable when an enumeration or a record grows. A churn has no upper end, which is infinite.
    private static readonly JsonSerializerOptions Json = new()
    {
        Converters = { new JsonStringEnumConverter() }, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static void WriteOptions(ModelWriter writer, GenerateImagesOptions options)
    {
        writer.Write(options.OutputColumnName);
        writer.WriteOptional(options.LatentColumnName);
        writer.WriteOptional(options.SeedColumnName);
        writer.WriteOptional(options.SeedOffset?.ToString(CultureInfo.InvariantCulture));
        writer.WriteOptional(options.LabelColumnName);
        writer.WriteOptional(options.ContextColumnName);
        writer.WriteOptional(options.UnconditionalContextColumnName);
        writer.WriteOptional(options.InitialImageColumnName);
        writer.WriteOptional(options.MaskColumnName);
        StoredOptions.WriteColor(writer, options.Background);
        writer.Write(JsonSerializer.Serialize(options.Settings, Json));
        writer.Write(options.BatchSize);
        writer.Write(options.Prefetch);
        writer.Write(options.Precision!.Value);
        writer.Write(options.Convolutions!.Value);
    }

    public static GenerateImagesOptions ReadOptions(ModelReader reader) => new()
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
        Background = StoredOptions.ReadColor(reader),
        Settings = ReadSettings(reader.ReadString()),
        BatchSize = reader.ReadInt32(),
        Prefetch = reader.ReadBoolean(),
        Precision = reader.ReadEnum<ModelPrecision>(),
        Convolutions = StoredOptions.ReadConvolutions(reader),
    };

    public static void WriteModel(ModelWriter writer, LatentDiffusionModel model) => writer.WriteShared(
        "LdmMlLatentDiffusion",
        (model.Network, model.Autoencoder.Network, model.Config, model.Autoencoder.Config),
        folder => model.Write((name, write) => writer.WriteFile(folder, NameOf(name), write)));

    /// <summary>Reads a model and makes the transformer that holds it; the transformers of a chain hold one and the same.</summary>
    public static TTransformer ReadModel<TTransformer>(ModelReader reader, Func<LatentDiffusionModel, TTransformer> create)
        where TTransformer : LatentDiffusionTransformer =>
        StoredModel.Read(
            reader,
            held => held.Share(),
            folder => LatentDiffusionModel.Read((name, read) => reader.ReadFile(folder, NameOf(name), read), "the model file"),
            create);

    // Model files of ML.NET have folders of one level.
    private static string NameOf(string path) => path.Replace('/', '.');

    private static GenerationSettings ReadSettings(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<GenerationSettings>(text, Json)!;
        }
        catch (JsonException exception)
        {
            throw new FormatException($"The model file's settings were written by a newer version, or are damaged: {exception.Message}", exception);
        }
    }
}
