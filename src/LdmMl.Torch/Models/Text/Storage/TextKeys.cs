using System.Text.RegularExpressions;
using LdmMl.Torch.Checkpoints;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>Renames the weights of text encoders to this library's keys, which are those of transformers and diffusers.</summary>
internal static partial class TextKeys
{
    private static readonly string[] Parts = ["q", "k", "v"];

    /// <summary>Renames OpenAI's CLIP: the keys from <c>text_model.</c> down. <c>position_ids</c>, a constant in older files, is dropped.</summary>
    /// <returns>Shares memory; the caller disposes it.</returns>
    public static StateDictionary Clip(StateDictionary weights) =>
        weights.Rename(key => key.EndsWith("embeddings.position_ids", StringComparison.Ordinal) ? null : key);

    /// <summary>
    /// Renames OpenCLIP's text tower: its joint matrix of queries, keys and values is split in three, and the projection is transposed.
    /// </summary>
    /// <returns>Shares memory; the caller disposes it.</returns>
    public static StateDictionary OpenClip(StateDictionary weights)
    {
        using var noGradient = no_grad();
        var result = new StateDictionary(weights.Metadata);
        try
        {
            foreach (var (key, tensor) in weights)
                Add(result, key, tensor);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>Returns whether the keys are OpenCLIP's.</summary>
    public static bool IsOpenClip(IEnumerable<string> keys) => keys.Any(key => key.StartsWith("transformer.resblocks.", StringComparison.Ordinal));

    /// <summary>Renames CompVis' <c>TransformerWrapper</c>, in which attention and feed-forward are numbered as separate layers.</summary>
    /// <returns>Shares memory; the caller disposes it.</returns>
    public static StateDictionary LatentDiffusion(StateDictionary weights) => weights.Rename(key => key switch
    {
        "token_emb.weight" => "model.embed_tokens.weight",
        "pos_emb.emb.weight" => "model.embed_positions.weight",
        "norm.weight" or "norm.bias" => $"model.layer_{key}",
        "to_logits.weight" or "to_logits.bias" => null,
        _ when Layer().Match(key) is { Success: true } match && int.TryParse(match.Groups["number"].Value, out var number) =>
            $"model.layers.{number / 2}.{(number % 2 == 0 ? Attention(match.Groups["rest"].Value) : FeedForward(match.Groups["rest"].Value))}",
        _ => key,
    });

    /// <summary>Drops the vocabulary head, which no diffusion model uses.</summary>
    /// <returns>Shares memory; the caller disposes it.</returns>
    public static StateDictionary WithoutHead(StateDictionary weights) =>
        weights.Rename(key => key.StartsWith("to_logits.", StringComparison.Ordinal) ? null : key);

    private static string Attention(string rest) => rest.Split('.') switch
    {
        ["0", var name] => $"self_attn_layer_norm.{name}",
        ["1", "to_q" or "to_k" or "to_v", var name] => $"self_attn.{rest[5]}_proj.{name}",
        ["1", "to_out", var name] => $"self_attn.out_proj.{name}",
        _ => rest,
    };

    private static string FeedForward(string rest) => rest.Split('.') switch
    {
        ["0", var name] => $"final_layer_norm.{name}",
        ["1", "net", "0", "0", var name] => $"fc1.{name}",
        ["1", "net", "2", var name] => $"fc2.{name}",
        _ => rest,
    };

    private static void Add(StateDictionary result, string key, Tensor tensor)
    {
        if (key is "logit_scale" or "attn_mask")
            return;
        var renamed = key switch
        {
            "positional_embedding" => "text_model.embeddings.position_embedding.weight",
            "token_embedding.weight" => "text_model.embeddings.token_embedding.weight",
            "ln_final.weight" or "ln_final.bias" => $"text_model.final_layer_norm.{key[9..]}",
            "text_projection" => "text_projection.weight",
            _ => Block().Match(key) is { Success: true } match
                ? $"text_model.encoder.layers.{match.Groups["number"].Value}.{InBlock(match.Groups["rest"].Value)}"
                : key,
        };
        if (key == "text_projection")
            result.Add(renamed, tensor.t());
        else if (renamed.Contains(".attn.in_proj_", StringComparison.Ordinal))
            Split(result, renamed, tensor);
        else
            result.Add(renamed, tensor.alias());
    }

    private static string InBlock(string rest) => rest
        .Replace("ln_1.", "layer_norm1.", StringComparison.Ordinal).Replace("ln_2.", "layer_norm2.", StringComparison.Ordinal)
        .Replace("mlp.c_fc.", "mlp.fc1.", StringComparison.Ordinal).Replace("mlp.c_proj.", "mlp.fc2.", StringComparison.Ordinal)
        .Replace("attn.out_proj.", "self_attn.out_proj.", StringComparison.Ordinal);

    private static void Split(StateDictionary result, string key, Tensor tensor)
    {
        if (tensor.shape[0] % Parts.Length != 0)
            throw new InvalidDataException($"its '{key}' is not a joint matrix of queries, keys and values: {string.Join("x", tensor.shape)}.");
        var (name, each) = (key.EndsWith("weight", StringComparison.Ordinal) ? "weight" : "bias", tensor.shape[0] / Parts.Length);
        var owner = key[..key.IndexOf(".attn.", StringComparison.Ordinal)];
        for (var part = 0; part < Parts.Length; part++)
            result.Add($"{owner}.self_attn.{Parts[part]}_proj.{name}", tensor.narrow(0, part * each, each));
    }

    [GeneratedRegex("^attn_layers\\.layers\\.(?<number>[0-9]{1,4})\\.(?<rest>.+)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Layer();

    [GeneratedRegex("^transformer\\.resblocks\\.(?<number>[0-9]{1,4})\\.(?<rest>.+)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Block();
}
