using LdmMl.Torch.Checkpoints;
using static TorchSharp.torch;

namespace LdmMl.Testing;

/// <summary>A LoRA and a textual inversion for the tiny Stable Diffusion 1 of the goldens.</summary>
internal static class SmallAdapters
{
    /// <summary>The word that <see cref="WriteEmbedding"/> adds.</summary>
    public const string Word = "<toy>";

    private const string Query = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q";

    /// <summary>Gets the folder of the model.</summary>
    public static string Model { get; } = Path.Combine(
        RealData.Repository, "tests", "LdmMl.Torch.Tests", "Goldens", "sd-pipelines", "p01_sd1_txt2img");

    /// <summary>Writes a LoRA that changes one layer of the U-Net, and returns its path.</summary>
    public static string WriteLora(string path)
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(path, [new($"{Query}.lora_down.weight", ones(2, 16)), new($"{Query}.lora_up.weight", ones(16, 2))]);
        return path;
    }

    /// <summary>Writes a textual inversion, and returns its path.</summary>
    public static string WriteEmbedding(string path)
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(path, [new(Word, ones(2, 32))]);
        return path;
    }
}
