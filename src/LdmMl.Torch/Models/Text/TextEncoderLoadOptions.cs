namespace LdmMl.Torch.Models.Text;

/// <summary>How to open a text encoder.</summary>
public sealed record TextEncoderLoadOptions
{
    internal const int MostSkipped = 1024;

    /// <summary>Gets how texts are cleaned before CLIP's tokenizer.</summary>
    /// <value>Default: <see cref="TextRules.Diffusers"/>, or the rules that were saved with the model by this library.</value>
    public TextRules Rules { get; init; } = TextRules.Diffusers;

    /// <summary>
    /// Gets how many further blocks at the end of CLIP's encoders are skipped (<c>clip_skip</c> in diffusers; one less than the number in
    /// AUTOMATIC1111's user interface), for models that were trained that way; at least 0.
    /// </summary>
    /// <value>Default: 0, as the model's files say.</value>
    public int ClipSkip { get; init; }

    /// <summary>Gets the folder with the tokenizer (<c>vocab.json</c>, <c>merges.txt</c>) for a single-file model, which contains none.</summary>
    /// <value>Default: null: <c>tokenizer/</c> next to the file. Folders in diffusers' layout use their own.</value>
    public string? TokenizerPath { get; init; }

    /// <summary>
    /// Gets the path of transformers' <c>config.json</c> for the text encoder of a single-file model, whose weights do not say everything: without
    /// it, the number of heads is assumed to be the width divided by 64.
    /// </summary>
    /// <value>Default: null: the shape is inferred from weights and YAML.</value>
    public string? ConfigPath { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="Arguments.OptionException">An option is out of range.</exception>
    internal void Validate()
    {
        Arguments.Check.Defined(Rules);
        Arguments.Check.Within(ClipSkip, 0, MostSkipped);
    }
}
