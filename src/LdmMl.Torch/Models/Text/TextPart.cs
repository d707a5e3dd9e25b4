using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Storage;
using LdmMl.Torch.Models.Text.Tokens;

namespace LdmMl.Torch.Models.Text;

/// <summary>One of the encoders that read a text, with its tokenizer.</summary>
/// <param name="Name">Its folder: <c>text_encoder</c>, <c>text_encoder_2</c> or <c>bert</c>.</param>
/// <param name="Config">The shape of its network.</param>
/// <param name="Rule">Which of its states are the context.</param>
/// <param name="Tokenizer">Makes its tokens.</param>
/// <param name="Files">The tokenizer's files.</param>
internal sealed record TextPart(string Name, TextNetworkConfig Config, ContextRule Rule, ITokenizer Tokenizer, TokenizerFiles Files)
{
    /// <summary>Gets whether padding is hidden from the text (<c>use_attention_mask</c>).</summary>
    public bool UsesMask { get; init; }

    /// <summary>Gets how its tokenizer cleans texts.</summary>
    public TextRules Rules { get; init; } = TextRules.Diffusers;

    /// <summary>Gets the folder of its tokenizer.</summary>
    public string TokenizerName => TokenizerNameOf(Name);

    /// <summary>Gets the numbers of the vector of a whole text; null where it gives none.</summary>
    public int? PooledWidth => Config is ClipTextConfig clip ? clip.ProjectionWidth ?? clip.Width : null;

    /// <summary>Gives the folder of a part's tokenizer.</summary>
    public static string TokenizerNameOf(string name) => name == "text_encoder_2" ? "tokenizer_2" : "tokenizer";

    /// <summary>Checks that tokenizer and network belong together.</summary>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public void Validate()
    {
        if (Tokenizer.VocabularySize > Config.VocabularySize)
        {
            throw new InvalidDataException(
                $"its tokenizer has {Tokenizer.VocabularySize} tokens, but its text encoder ({Name}) knows {Config.VocabularySize}; they do not belong together.");
        }

        if (Rule.SkippedLayers < 0 || Rule.SkippedLayers > Config.Layers)
            throw new InvalidDataException($"{Rule.SkippedLayers} of the last blocks of its text encoder are to be skipped, but it has {Config.Layers}.");
    }
}
