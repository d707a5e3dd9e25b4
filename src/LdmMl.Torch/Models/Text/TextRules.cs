namespace LdmMl.Torch.Models.Text;

/// <summary>How a text is cleaned before CLIP's tokenizer; published implementations differ, and so do their tokens.</summary>
public enum TextRules
{
    /// <summary>
    /// As diffusers does today (transformers' <c>CLIPTokenizer</c> without ftfy, <c>hf_basic</c>): control characters vanish, ideographs stand
    /// alone, NFC, lower case; HTML references are kept.
    /// </summary>
    Diffusers,

    /// <summary>As diffusers does where ftfy is installed: texts are repaired first, and special tokens are looked for before that.</summary>
    DiffusersRepaired,

    /// <summary>As diffusers did with transformers before 4.28: accents are stripped and every punctuation mark stands alone.</summary>
    DiffusersBefore428,

    /// <summary>As OpenAI's CLIP does: texts are repaired as ftfy does it, then HTML references are resolved twice.</summary>
    OpenAi,

    /// <summary>As <see cref="OpenAi"/> without the repair.</summary>
    OpenAiUnrepaired,

    /// <summary>As open_clip does: <see cref="OpenAi"/>, with its own names of the special tokens.</summary>
    OpenClip,

    /// <summary>As Hugging Face's Rust tokenizers do (<c>CLIPTokenizerFast</c>).</summary>
    Fast,
}
