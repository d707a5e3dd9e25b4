using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation.Loras;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Storage;

namespace LdmMl.Torch.Generation;

/// <summary>Adds small files to a model that change its behaviour: LoRA (low-rank adaptation) and textual inversion (embeddings).</summary>
public static class LatentDiffusionAdapters
{
    /// <summary>
    /// Opens a copy of a model with a LoRA merged into its weights (Hu et al. 2021). The original model and its weights are not changed: to
    /// remove the LoRA again, continue with the original.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file: safetensors or a PyTorch checkpoint, with the names of kohya, of diffusers or of PEFT.</param>
    /// <param name="weight">The factor of the LoRA; 1 is the strength at which it was trained.</param>
    /// <returns>The model; the caller disposes it. <see cref="LatentDiffusionModel.Loras"/> tells which keys of the file were used.</returns>
    /// <exception cref="CheckpointException">
    /// The file cannot be read, is not a LoRA, or was made for another model; the message names the key and what does not fit.
    /// </exception>
    /// <exception cref="OptionException">The weight is not finite, or the file changes a text encoder that is not open.</exception>
    /// <exception cref="ObjectDisposedException">The given model is disposed.</exception>
    /// <example>
    /// <code>
    /// using var model = LatentDiffusionModel.Load("stable-diffusion-v1-5");
    /// using var styled = model.WithLora("style.safetensors", 0.7);
    /// Console.WriteLine(string.Join(", ", styled.Loras[0].UnusedKeys));                  // keys without a matching layer
    /// using var images = styled.Generate(new GenerationBatch { Seeds = [1], Prompts = ["a cat"] });
    /// </code>
    /// </example>
    public static LatentDiffusionModel WithLora(this LatentDiffusionModel model, string path, double weight = 1) =>
        model.WithLoras([new WeightedLora(path, weight)]);

    /// <summary>Opens a copy of a model with several LoRAs merged into its weights, one after the other, as <see cref="WithLora"/> does.</summary>
    /// <param name="model">The model.</param>
    /// <param name="loras">The files and their weights.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="CheckpointException">A file cannot be read, is not a LoRA, or was made for another model.</exception>
    /// <exception cref="OptionException">There is no file, a weight is not finite, or a file changes a text encoder that is not open.</exception>
    /// <exception cref="ObjectDisposedException">The given model is disposed.</exception>
    public static LatentDiffusionModel WithLoras(this LatentDiffusionModel model, IReadOnlyList<WeightedLora> loras)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var files = LoraFiles.Read(loras);
        if (files.OfText is { } layer)
        {
            Check.That(
                model.OwnEncoder is not null, layer.Keys[0], "it changes the text encoder, but none was opened with this model", nameof(loras));
            Check.That(
                ReferenceEquals(model.TextEncoder, model.OwnEncoder), layer.Keys[0],
                "it changes the model's own text encoder, but another one is plugged in; add the LoRA first",
                nameof(loras));
        }

        var handle = files.ChangeUNet ? model.CopyUNet() : model.ShareUNet();
        TextEncoderModel? text = null;
        try
        {
            text = files.OfText is null ? model.OwnEncoder?.Share() : model.OwnEncoder!.Copy();
            var merged = LoraMerge.Into(files, ((DenoisingNetwork)handle.Network.Module).UNet, text?.Networks);
            return model.Changed(handle, text, [.. model.Loras, .. merged], model.Words);
        }
        catch
        {
            handle.Dispose();
            text?.Dispose();
            throw;
        }
    }

    /// <summary>Opens a model with what LoRA files and textual inversions change; without any, another handle on the same weights.</summary>
    internal static LatentDiffusionModel WithAdapters(this LatentDiffusionModel model, IReadOnlyList<WeightedLora> loras, IEnumerable<string> embeddings)
    {
        var changed = loras.Count == 0 ? model.Share() : model.WithLoras(loras);
        foreach (var path in embeddings)
        {
            using var before = changed;
            changed = before.WithEmbedding(path);
        }

        return changed;
    }

    /// <summary>
    /// Opens a copy of a model whose text encoder knows one more word: a textual inversion (Gal et al. 2022) in the format of diffusers or
    /// AUTOMATIC1111. In prompts, the word stands for the file's vectors. The original model is not changed.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file: safetensors, or a PyTorch checkpoint.</param>
    /// <param name="word">The word; null for the one stored in the file, or else the file's name without extension.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="CheckpointException">
    /// The file cannot be read, is not a textual inversion, was made for another model, or its word is already a token.
    /// </exception>
    /// <exception cref="OptionException">The model's own text encoder is not open, another one is plugged in, or the word is empty.</exception>
    /// <exception cref="ObjectDisposedException">The given model is disposed.</exception>
    /// <example>
    /// <code>
    /// using var model = LatentDiffusionModel.Load("stable-diffusion-v1-5");
    /// using var extended = model.WithEmbedding("cat-toy.safetensors", "&lt;cat-toy&gt;");
    /// using var images = extended.Generate(new GenerationBatch { Seeds = [1], Prompts = ["a photo of &lt;cat-toy&gt;"] });
    /// </code>
    /// </example>
    public static LatentDiffusionModel WithEmbedding(this LatentDiffusionModel model, string path, string? word = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        Check.NotEmpty(word);
        Check.That(model.OwnEncoder is not null, path, "it adds a word to the text encoder, but none was opened with this model");
        Check.That(
            ReferenceEquals(model.TextEncoder, model.OwnEncoder), path, "it adds a word to the model's own text encoder, but another one is plugged in");
        using var file = EmbeddingFile.Read(path, word);
        var text = model.OwnEncoder!.With(file);
        return model.Changed(model.ShareUNet(), text, model.Loras, [.. model.Words, file.Word]);
    }
}
