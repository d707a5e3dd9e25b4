using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
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

    /// <summary>
    /// Gets the factor of <see cref="TrainingOptions.LearningRate"/> for the encoder's weights, from 0 to 1. One that was taught
    /// (<see cref="Teacher"/>) forgets less with a small one; with 0 it does not change any more.
    /// </summary>
    /// <value>Default: 1.</value>
    public double LearningRateFactor { get; init; } = 1;

    /// <summary>
    /// Gets an encoder, of any size, from which the new one learns the meaning of texts before the training (distillation, Hinton et al. 2015):
    /// to predict its pooled vector, or else the mean of its tokens, of every caption and of <see cref="TeacherTexts"/>. It remains the caller's,
    /// and is not part of the trained model.
    /// </summary>
    /// <value>Default: null: the encoder starts with random weights.</value>
    [JsonIgnore]
    public ITextEncoder? Teacher { get; init; }

    /// <summary>
    /// Gets further texts to learn from the <see cref="Teacher"/>, such as words that are in no caption; the vocabulary is built from them too.
    /// </summary>
    /// <value>Default: none.</value>
    [JsonIgnore]
    public IReadOnlyList<string> TeacherTexts { get; init; } = [];

    /// <summary>Gets the number of steps of 64 texts each in which the <see cref="Teacher"/> is learned from, at least 1.</summary>
    /// <value>Default: 3000.</value>
    public int TeacherSteps { get; init; } = 3000;

    /// <summary>Creates the encoder for captions.</summary>
    /// <exception cref="ArgumentException">The captions have more letters than fit into the vocabulary.</exception>
    internal TextPart For(IReadOnlyList<IReadOnlyList<string>> captions)
    {
        IReadOnlyList<string> vocabulary;
        try
        {
            vocabulary = WordPieceVocabulary.Learn(captions.SelectMany(wordings => wordings).Concat(TeacherTexts), VocabularySize);
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

    /// <summary>Describes the teacher and its texts, which must be the same when a training resumes; null for none.</summary>
    internal string? DescribeTeacher()
    {
        if (Teacher is null)
            return null;
        var texts = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', TeacherTexts))));
        return $"{Teacher.GetType().Name}, {Teacher.Tokens} x {Teacher.Width}, {Teacher.PooledWidth}, texts {texts}";
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
        Check.That(LearningRateFactor is >= 0 and <= 1, LearningRateFactor, "it must be at least 0 and at most 1");
        Check.AtLeast(TeacherSteps, 1);
        Check.That(
            TeacherTexts is not null && !TeacherTexts.Contains(null!) && (Teacher is not null || TeacherTexts.Count == 0), TeacherTexts?.Count,
            $"they must be texts, and need a {nameof(Teacher)} to learn them from", nameof(TeacherTexts));
        Check.Within(VocabularySize, WordPieceVocabulary.Special.Count + 2, 1 << 20);
    }
}
