using LdmMl.Torch.Arguments;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Storage;
using LdmMl.Torch.Models.Text.Tokens;

namespace LdmMl.Torch.Training;

/// <summary>
/// The shape of the text encoder that is trained jointly with a U-Net on captions: latent diffusion's transformer (CompVis
/// <c>TransformerEmbedder</c>; Rombach et al. 2022, section 4.3.1), with a vocabulary of word pieces that is built from the captions.
/// </summary>
/// <example>
/// <code>
/// var options = new DiffusionTrainingOptions { TextEncoder = new TextEncoderTrainingOptions { Width = 192, Layers = 6, Tokens = 32 } };
/// </code>
/// </example>
public sealed record TextEncoderTrainingOptions
{
    /// <summary>Gets the width of a token (<c>n_embed</c>) and of the U-Net's context; a multiple of <see cref="Heads"/>.</summary>
    /// <value>Default: 128.</value>
    public int Width { get; init; } = 128;

    /// <summary>Gets the number of blocks (<c>n_layer</c>), at least 1.</summary>
    /// <value>Default: 4.</value>
    public int Layers { get; init; } = 4;

    /// <summary>Gets the number of attention heads, at least 1.</summary>
    /// <value>Default: 4.</value>
    public int Heads { get; init; } = 4;

    /// <summary>
    /// Gets the number of tokens of a text (<c>max_seq_len</c>), including begin and end, at least 3; shorter texts are padded, longer ones
    /// truncated.
    /// </summary>
    /// <value>Default: 77, as in the published models. Fewer are faster if captions are short.</value>
    public int Tokens { get; init; } = 77;

    /// <summary>
    /// Gets the largest number of word pieces in the vocabulary (<c>vocab_size</c>), which needs two for each letter: at the beginning and inside of
    /// a word.
    /// </summary>
    /// <value>Default: 8192.</value>
    public int VocabularySize { get; init; } = 8192;

    /// <summary>Creates the encoder for captions.</summary>
    /// <exception cref="ArgumentException">The captions have more letters than fit into the vocabulary.</exception>
    internal TextPart For(IReadOnlyList<IReadOnlyList<string>> captions)
    {
        IReadOnlyList<string> vocabulary;
        try
        {
            vocabulary = WordPieceVocabulary.Learn(captions.SelectMany(wordings => wordings), VocabularySize);
        }
        catch (InvalidDataException error)
        {
            throw new ArgumentException($"{nameof(VocabularySize)} is {VocabularySize}, but {error.Message}", error);
        }

        var config = new LdmTextConfig
        {
            VocabularySize = vocabulary.Count, Width = Width, FeedForwardWidth = 4 * Width, Layers = Layers, Heads = Heads, HeadWidth = Width / Heads,
            Positions = Tokens,
        };
        var files = CaptionTokenizer.Files(vocabulary, Tokens);
        return new TextPart(TextEncoderReading.LatentDiffusion, config, ContextRule.Last, CaptionTokenizer.Open(files, Tokens), files);
    }

    /// <summary>Throws when a value is outside its range.</summary>
    /// <exception cref="OptionException">A value is outside its range.</exception>
    internal void Validate()
    {
        Check.Within(Width, 1, 1 << 14);
        Check.Within(Layers, 1, 1024);
        Check.Within(Heads, 1, 1024);
        Check.That(Width % Heads == 0, Width, $"it must be a multiple of the {Heads} {Wording.ForCode(nameof(Heads))}");
        Check.Within(Tokens, 3, 4096);
        Check.Within(VocabularySize, WordPieceVocabulary.Special.Count + 2, 1 << 20);
    }
}
