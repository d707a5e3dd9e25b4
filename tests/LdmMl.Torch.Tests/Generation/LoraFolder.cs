using LdmMl.Torch.Checkpoints;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>A folder of LoRA files for a tiny Stable Diffusion 1.</summary>
internal sealed class LoraFolder : IDisposable
{
    /// <summary>A layer of the U-Net, 16 to 16, as kohya names it.</summary>
    public const string Query = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q";

    /// <summary>A layer of the text encoder, 32 to 32.</summary>
    public const string TextQuery = "lora_te_text_model_encoder_layers_0_self_attn_q_proj";

    /// <summary>Gets the folder of the model.</summary>
    public static string Model { get; } =
        System.IO.Path.Combine(RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "sd-pipelines", "p01_sd1_txt2img");

    public string Path { get; } = Directory.CreateTempSubdirectory("lora-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public static (string Key, Tensor Value)[] Layer(string name, int width, int inputs, int seed = 1)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return [($"{name}.lora_down.weight", randn([2, inputs], generator: generator)), ($"{name}.lora_up.weight", randn([width, 2], generator: generator))];
    }

    public string Write((string Key, Tensor Value)[] entries, string name = "lora", Dictionary<string, string>? metadata = null)
    {
        var path = System.IO.Path.Combine(Path, $"{name}.safetensors");
        using var weights = new StateDictionary();
        foreach (var (key, value) in entries)
            weights.Add(key, value.alias());
        SafetensorsFile.Write(path, weights, metadata);
        return path;
    }
}
