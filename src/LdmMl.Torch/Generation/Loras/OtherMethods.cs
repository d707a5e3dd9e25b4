namespace LdmMl.Torch.Generation.Loras;

/// <summary>Recognises the keys of methods other than LoRA, because silently ignoring them would give different images.</summary>
internal static class OtherMethods
{
    private static readonly (string Mark, string Method)[] Marks =
    [
        (".dora_scale", "DoRA"), (".lora_magnitude_vector", "DoRA"), (".lora_mid.", "a LoRA in Tucker's form (LyCORIS)"),
        (".hada_w", "LoHa (LyCORIS)"), (".hada_t", "LoHa (LyCORIS)"), (".lokr_", "LoKr (LyCORIS)"), (".oft_", "OFT"), (".on_input", "IA3 (LyCORIS)"),
        (".diff_b", "full differences (LyCORIS)"), (".diff", "full differences (LyCORIS)"), (".lora_A.bias", "a LoRA with biases"),
        (".lora_B.bias", "a LoRA with biases"), (".lora_up.bias", "a LoRA with biases"), (".lora_embedding_", "a LoRA of embeddings"),
        (".bundle_emb.", "a LoRA with embeddings in it"), ("bundle_emb.", "a LoRA with embeddings in it"),
    ];

    /// <summary>Names the method to which a key belongs.</summary>
    /// <returns>Its name; null if the key belongs to none of them.</returns>
    public static string? Of(string key) => Array.Find(Marks, entry => key.Contains(entry.Mark, StringComparison.Ordinal)).Method;
}
