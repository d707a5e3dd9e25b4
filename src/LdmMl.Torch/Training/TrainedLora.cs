using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation.Loras;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>A trained LoRA, to be saved as a small file of its own that changes the model it was trained for.</summary>
/// <remarks>It does not hold native memory.</remarks>
public sealed class TrainedLora
{
    /// <summary>The usual name of the file in diffusers.</summary>
    public const string FileName = "pytorch_lora_weights.safetensors";

    private readonly byte[] file;

    private TrainedLora(LoraTrainingOptions options, int layers, byte[] file) =>
        (Rank, Alpha, Layers, this.file) = (options.Rank, options.AlphaUsed, layers, file);

    /// <summary>Gets the rank of each change.</summary>
    public int Rank { get; }

    /// <summary>Gets the number that is divided by the rank to scale each change.</summary>
    public double Alpha { get; }

    /// <summary>Gets the number of layers that it changes.</summary>
    public int Layers { get; }

    /// <summary>
    /// Writes it as a safetensors file with diffusers' names (<c>unet.….lora_A.weight</c>), its alpha in the metadata. It is written atomically and
    /// replaces an existing file. In float32, <see cref="Generation.LatentDiffusionAdapters.WithLora"/> gives exactly the trained weights;
    /// <c>pipeline.load_lora_weights</c> of diffusers opens the file of a model with prompts.
    /// </summary>
    /// <param name="path">The file, such as <see cref="FileName"/> in a folder of its own.</param>
    /// <param name="format">The number format of the factors.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="ArgumentException">A number is too large for the format.</exception>
    public void Save(string path, StorageFormat format = StorageFormat.Float32)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var content = new MemoryStream(file, writable: false);
        using var exact = SafetensorsFile.Read(content, FileName);
        using var stored = StoredWeights.Convert(exact, format);
        SafetensorsFile.Write(path, stored, exact.Metadata);
    }

    /// <summary>Describes it in one line.</summary>
    /// <returns>Such as <c>LoRA of rank 8 and alpha 8 for 24 layers, 102,400 bytes</c>.</returns>
    public override string ToString() => FormattableString.Invariant($"LoRA of rank {Rank} and alpha {Alpha} for {Layers} layers, {file.Length:N0} bytes");

    /// <summary>Writes factors to memory.</summary>
    internal static TrainedLora Of(LoraTrainingOptions options, IReadOnlyList<LoraPair> pairs)
    {
        var tensors = pairs.SelectMany(pair => new KeyValuePair<string, Tensor>[]
        {
            new($"unet.{pair.Layer}.lora_A.weight", pair.Down), new($"unet.{pair.Layer}.lora_B.weight", pair.Up),
        });
        using var stream = new MemoryStream();
        SafetensorsFile.Write(stream, tensors, Metadata(options));
        return new TrainedLora(options, pairs.Count, stream.ToArray());
    }

    // PEFT's configuration, as diffusers 0.34 and later write it.
    private static Dictionary<string, string> Metadata(LoraTrainingOptions options) => new()
    {
        ["format"] = "pt",
        [AdapterConfig.MetadataKey] = new JsonObject
        {
            ["unet.bias"] = "none", ["unet.lora_alpha"] = options.AlphaUsed, ["unet.lora_dropout"] = 0.0, ["unet.r"] = options.Rank,
            ["unet.target_modules"] = new JsonArray("to_k", "to_out.0", "to_q", "to_v"),
        }.ToJsonString(),
    };
}
