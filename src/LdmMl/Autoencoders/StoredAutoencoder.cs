using LdmMl.Internals;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Autoencoders;

/// <summary>An autoencoder in a model file: the two files of its folder, as streams.</summary>
internal static class StoredAutoencoder
{
    private const string ConfigName = "config.json";
    private const string WeightsName = "diffusion_pytorch_model.safetensors";

    public static void Write(ModelWriter writer, AutoencoderModel model)
    {
        using var config = new MemoryStream();
        writer.WriteStream(WeightsName, weights => model.Write(config, weights));
        writer.WriteStream(ConfigName, stream => stream.Write(config.GetBuffer(), 0, (int)config.Length));
    }

    public static AutoencoderModel Read(ModelReader reader)
    {
        using var config = new MemoryStream();
        reader.ReadStream(ConfigName, stream => stream.CopyTo(config));
        config.Position = 0;
        AutoencoderModel? model = null;
        reader.ReadStream(WeightsName, weights => model = AutoencoderModel.Read(config, weights, "the model file"));
        return model!;
    }
}
