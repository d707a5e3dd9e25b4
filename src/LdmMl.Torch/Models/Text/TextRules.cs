namespace LdmMl.Torch.Models.Text;

/// <summary>How a text is cleaned before CLIP's tokenizer; published implementations differ, and so do their tokens.</summary>
public enum TextRules
{
    /// <summary>
    /// As current diffusers does (transformers' <c>CLIPTokenizer</c> without ftfy, <c>hf_basic</c>): removes control characters, puts spaces around
    /// ideographs, normalises to NFC and lowercases; keeps HTML references.
    /// </summary>
    Diffusers,

    /// <summary>As diffusers does if ftfy is installed: texts are repaired first, and special tokens are matched before the repair.</summary>
    DiffusersRepaired,

    /// <summary>As diffusers did with transformers before 4.28: also strips accents and puts spaces around every punctuation mark.</summary>
    DiffusersBefore428,

    /// <summary>As OpenAI's CLIP does: repairs texts as ftfy does, then resolves HTML references twice.</summary>
    OpenAi,

    /// <summary>As <see cref="OpenAi"/> without the repair.</summary>
    OpenAiUnrepaired,

    /// <summary>As open_clip does: as <see cref="OpenAi"/>, with open_clip's names for the special tokens.</summary>
    OpenClip,

    /// <summary>As Hugging Face's Rust tokenizers do (<c>CLIPTokenizerFast</c>).</summary>
    Fast,
}
