using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Storage;
using LdmMl.Torch.Models.Text.Tokens;

namespace LdmMl.Torch.Models.Text;

/// <summary>One of a model's text encoders, with its tokenizer.</summary>
/// <param name="Name">The name of its folder: <c>text_encoder</c>, <c>text_encoder_2</c> or <c>bert</c>.</param>
/// <param name="Config">The shape of its network.</param>
/// <param name="Rule">Which of its hidden states are the context.</param>
/// <param name="Tokenizer">The tokenizer.</param>
/// <param name="Files">The tokenizer's files.</param>
internal sealed record TextPart(string Name, TextNetworkConfig Config, ContextRule Rule, ITokenizer Tokenizer, TokenizerFiles Files)
{
    /// <summary>Gets whether padding is masked (<c>use_attention_mask</c>).</summary>
    public bool UsesMask { get; init; }

    /// <summary>Gets the rules by which texts are cleaned.</summary>
    public TextRules Rules { get; init; } = TextRules.Diffusers;

    /// <summary>Gets the name of the tokenizer's folder.</summary>
    public string TokenizerName => TokenizerNameOf(Name);

    /// <summary>Gets the width of the vector of a whole text; null if the encoder gives none.</summary>
    public int? PooledWidth => Config is ClipTextConfig clip ? clip.ProjectionWidth ?? clip.Width : null;

    /// <summary>Returns the name of the tokenizer's folder for an encoder.</summary>
    public static string TokenizerNameOf(string name) => name == "text_encoder_2" ? "tokenizer_2" : "tokenizer";

    /// <summary>Checks that tokenizer and network fit each other.</summary>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public void Validate()
    {
        if (Tokenizer.VocabularySize > Config.VocabularySize)
        {
            throw new InvalidDataException(
                $"its tokenizer has {Tokenizer.VocabularySize} tokens, but its text encoder ({Name}) has embeddings for {Config.VocabularySize}; they do not fit.");
        }

        if (Rule.SkippedLayers < 0 || Rule.SkippedLayers > Config.Layers)
            throw new InvalidDataException($"the last {Rule.SkippedLayers} blocks of its text encoder should be skipped, but it has only {Config.Layers}.");
    }
}
