using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Text;
using static TorchSharp.torch;

namespace LdmMl.Testing;

/// <summary>The keys of SDXL as one original file, made from this library's networks the other way round than they are read.</summary>
internal static class OriginalXl
{
    public const string UNet = "model.diffusion_model.", FirstStage = "first_stage_model.";
    public const string First = "conditioner.embedders.0.transformer.", Second = "conditioner.embedders.1.model.";

    /// <summary>Gives the tensors, on the device of the networks, in the enclosing scope.</summary>
    public static StateDictionary Of(TorchSharp.torch.nn.Module unet, TorchSharp.torch.nn.Module firstStage, TextNetworks texts)
    {
        using var noGradient = no_grad();
        var file = new StateDictionary();
        foreach (var (prefix, network) in new[] { (UNet, unet), (FirstStage, firstStage), (First, texts.All[0]) })
        {
            foreach (var (key, tensor) in network.state_dict())
                file.Add(prefix + key, tensor.alias());
        }

        foreach (var (key, tensor) in OpenClip(texts.All[1].state_dict()))
            file.Add(Second + key, tensor.alias());
        return file;
    }

    private static Dictionary<string, Tensor> OpenClip(Dictionary<string, Tensor> weights)
    {
        var result = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (key, tensor) in weights)
        {
            switch (key.Split('.'))
            {
                case ["text_model", "embeddings", "token_embedding", _]:
                    result["token_embedding.weight"] = tensor;
                    break;
                case ["text_model", "embeddings", "position_embedding", _]:
                    result["positional_embedding"] = tensor;
                    break;
                case ["text_model", "final_layer_norm", var kind]:
                    result[$"ln_final.{kind}"] = tensor;
                    break;
                case ["text_projection", _]:
                    result["text_projection"] = tensor.t().contiguous();
                    break;
                case ["text_model", "encoder", "layers", var layer, "self_attn", "q_proj", var kind]:
                    var parts = "qkv".Select(part => weights[key.Replace("q_proj", $"{part}_proj", StringComparison.Ordinal)]);
                    result[$"transformer.resblocks.{layer}.attn.in_proj_{kind}"] = cat([.. parts]);
                    break;
                case ["text_model", "encoder", "layers", _, "self_attn", "k_proj" or "v_proj", _]:
                    break;
                case ["text_model", "encoder", "layers", var layer, "self_attn", "out_proj", var kind]:
                    result[$"transformer.resblocks.{layer}.attn.out_proj.{kind}"] = tensor;
                    break;
                case ["text_model", "encoder", "layers", var layer, "mlp", var half, var kind]:
                    result[$"transformer.resblocks.{layer}.mlp.{(half == "fc1" ? "c_fc" : "c_proj")}.{kind}"] = tensor;
                    break;
                case ["text_model", "encoder", "layers", var layer, var norm, var kind]:
                    result[$"transformer.resblocks.{layer}.ln_{norm[^1]}.{kind}"] = tensor;
                    break;
                default:
                    throw new InvalidOperationException(key);
            }
        }

        return result;
    }
}
