using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Models.Features.Inception;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.UNets;
using static TorchSharp.torch;

namespace LdmMl.Torch.Onnx;

/// <summary>
/// Exports networks as ONNX files, which run without this library: in ONNX Runtime, in ML.NET's <c>ApplyOnnxModel</c>, on phones and in browsers.
/// Weights are float32, batch and image size are dynamic, and the file's metadata contain range, scale and shift.
/// </summary>
/// <remarks>
/// Latents are raw in these files, as in those of diffusers: multiply the output of an encoder by <c>scaling_factor</c> (after subtracting <c>shift_factor</c>),
/// and divide by it before decoding. Opset 20, for ONNX Runtime 1.17 and newer. An existing file is replaced when the new one is complete. Weights
/// of more than 1 GiB are stored next to the file, in one with its name and <c>_data</c>.
/// </remarks>
/// <example>
/// <code>
/// using var autoencoder = AutoencoderModel.Load("emoji");
/// autoencoder.SaveAsOnnx("exported");                          // exported/vae_encoder/model.onnx and exported/vae_decoder/model.onnx
/// using var model = LatentDiffusionModel.Load("emoji");
/// model.SaveAsOnnx("exported-model");                          // those two, unet/model.onnx, the scheduler and what the conditions need
/// </code>
/// </example>
public static class OnnxExport
{
    private const string FileName = "model.onnx";

    /// <summary>Writes <c>vae_encoder/model.onnx</c> and <c>vae_decoder/model.onnx</c>.</summary>
    /// <param name="model">The autoencoder.</param>
    /// <param name="folder">The folder; it is created.</param>
    /// <remarks>
    /// <c>sample</c> [B, C, H, W] to <c>latent_parameters</c> [B, 2c, h, w], mean and log variance, or without a posterior to <c>latent_sample</c>
    /// [B, c, h, w]; and <c>latent_sample</c> to <c>sample</c>, not clamped.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The model holds only transformed weights.</exception>
    public static void SaveAsOnnx(this AutoencoderModel model, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        AtomicFolder.Write(folder, target => Write(model, FilesOf(target)));
    }

    /// <summary>
    /// Writes a whole model with the layout of diffusers' exporters: <c>unet</c>, <c>vae_encoder</c>, <c>vae_decoder</c> and text encoders, each with a
    /// <c>model.onnx</c>; tokenizers, the scheduler and <c>model_index.json</c>.
    /// </summary>
    /// <param name="model">The model. A custom text encoder (<see cref="ITextEncoder"/>) is not written.</param>
    /// <param name="folder">The folder; it is created.</param>
    /// <remarks>
    /// The U-Net takes <c>sample</c> [B, c, h, w], with concatenated conditions after the latent; <c>timestep</c>, float32, [1] or [B]; and, if the
    /// model has them, <c>encoder_hidden_states</c>, <c>class_labels</c>, <c>vectors</c>, or SDXL's <c>text_embeds</c> and <c>time_ids</c>; the output is
    /// <c>out_sample</c>. The tokens of labels, if any, are in <c>label_tokens</c>.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The model holds only transformed weights.</exception>
    public static void SaveAsOnnx(this LatentDiffusionModel model, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        AtomicFolder.Write(folder, target =>
        {
            var writeFile = FilesOf(target);
            Write(model.Autoencoder, writeFile);
            if (model.OwnEncoder is { } text)
                Write(text, writeFile);
            model.HoldWeights(network => Write((DenoisingNetwork)network, writeFile));
            OnnxIndex.Write(model, writeFile);
        });
    }

    /// <summary>Writes a text encoder: a folder for each of its parts with <c>model.onnx</c>, and its tokenizer's files.</summary>
    /// <param name="model">The text encoder.</param>
    /// <param name="folder">The folder; it is created.</param>
    /// <remarks>
    /// <c>input_ids</c> [B, tokens], int32, to the context [B, tokens, width], under the name that <c>context_output</c> of the metadata gives
    /// (<c>last_hidden_state</c>, or for SDXL a hidden state), and to <c>pooler_output</c> or <c>text_embeds</c>. Where padding is masked there is also
    /// <c>attention_mask</c>.
    /// </remarks>
    public static void SaveAsOnnx(this TextEncoderModel model, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        AtomicFolder.Write(folder, target => Write(model, FilesOf(target)));
    }

    /// <summary>Writes a perceptual distance: <c>image</c> and <c>reference</c> [B, 3, H, W] in [-1, 1] to <c>distance</c> [B].</summary>
    /// <param name="model">LPIPS, or an uncalibrated distance.</param>
    /// <param name="path">The file.</param>
    public static void SaveAsOnnx(this PerceptualModel model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        WriteFile(path, write => model.HoldWeights(network => OnnxFile.Write(
            OnnxGraphs.Distance((PerceptualNetwork)network, model.Description), Path.GetFileName(path), write)));
    }

    /// <summary>Writes a feature network: <c>image</c> [B, 3, H, W] in [-1, 1], of any size, to <c>features</c> [B, dimensions].</summary>
    /// <param name="model">Inception, or the trunk of a perceptual distance.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="NotSupportedException">It is a feature network of your own.</exception>
    public static void SaveAsOnnx(this FeatureModel model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        WriteFile(path, write => model.HoldWeights(network => OnnxFile.Write(
            model switch
            {
                InceptionFeatureModel => OnnxGraphs.Inception((InceptionNetwork)network),
                PerceptualFeatureModel trunk => OnnxGraphs.Features((PerceptualNetwork)network, trunk.Description),
                _ => throw new NotSupportedException($"There is no graph for a {model.GetType().Name}."),
            },
            Path.GetFileName(path), write)));
    }

    /// <summary>Writes a U-Net: see <see cref="SaveAsOnnx(LatentDiffusionModel, string)"/> for its inputs.</summary>
    /// <param name="network">The U-Net.</param>
    /// <param name="path">The file.</param>
    public static void SaveAsOnnx(this UNet network, string path)
    {
        ArgumentNullException.ThrowIfNull(network);
        WriteFile(path, write => OnnxFile.Write(OnnxGraphs.Unet(network), Path.GetFileName(path), write));
    }

    private static void Write(AutoencoderModel model, Action<string, Action<Stream>> writeFile) => model.HoldWeights(network =>
    {
        OnnxFile.Write(OnnxGraphs.Encoder(network, model.Config), $"vae_encoder/{FileName}", writeFile);
        OnnxFile.Write(OnnxGraphs.Decoder(network, model.Config), $"vae_decoder/{FileName}", writeFile);
    });

    private static void Write(TextEncoderModel model, Action<string, Action<Stream>> writeFile) => model.HoldWeights(networks =>
    {
        foreach (var (part, network) in model.Parts.Zip(((TextNetworks)networks).All))
        {
            OnnxFile.Write(OnnxGraphs.Text(network, part), $"{part.Name}/{FileName}", writeFile);
            foreach (var (name, content) in part.Files.Contents)
                writeFile($"{part.TokenizerName}/{name}", stream => stream.Write(content));
        }
    });

    private static void Write(DenoisingNetwork network, Action<string, Action<Stream>> writeFile)
    {
        OnnxFile.Write(OnnxGraphs.Unet(network.UNet), $"unet/{FileName}", writeFile);
        if (network.LabelTokens is { } tokens)
            OnnxFile.Write(OnnxGraphs.LabelTokens(tokens), $"{OnnxIndex.LabelTokens}/{FileName}", writeFile);
    }

    private static void WriteFile(string path, Action<Action<string, Action<Stream>>> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        write(FilesOf(folder));
    }

    private static Action<string, Action<Stream>> FilesOf(string folder) => (name, write) =>
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, write);
    };
}
