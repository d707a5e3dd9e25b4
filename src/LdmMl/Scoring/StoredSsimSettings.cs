using LdmMl.Internals;
using LdmMl.Torch.Metrics;

namespace LdmMl.Scoring;

/// <summary>How structural similarity is computed, in a model file.</summary>
internal static class StoredSsimSettings
{
    public static void Write(ModelWriter writer, SsimSettings settings)
    {
        writer.Write(settings.Window);
        writer.Write(settings.WindowSize);
        writer.Write(settings.Sigma);
        writer.Write(settings.Covariance);
        writer.Write(settings.Border);
        writer.Write(settings.K1);
        writer.Write(settings.K2);
    }

    public static SsimSettings Read(ModelReader reader) => new()
    {
        Window = reader.ReadEnum<SsimWindow>(),
        WindowSize = reader.ReadInt32(),
        Sigma = reader.ReadDouble(),
        Covariance = reader.ReadEnum<SsimCovariance>(),
        Border = reader.ReadEnum<SsimBorder>(),
        K1 = reader.ReadDouble(),
        K2 = reader.ReadDouble(),
    };
}
