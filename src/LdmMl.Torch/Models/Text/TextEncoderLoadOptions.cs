namespace LdmMl.Torch.Models.Text;

/// <summary>How to open a text encoder.</summary>
public sealed record TextEncoderLoadOptions
{
    internal const int MostSkipped = 1024;

    /// <summary>Gets how CLIP's texts are cleaned before they become tokens.</summary>
    /// <value>Default: <see cref="TextRules.Diffusers"/>, or what the model had when this library saved it.</value>
    public TextRules Rules { get; init; } = TextRules.Diffusers;

    /// <summary>
    /// Gets how many further blocks of CLIP's encoders are skipped at the end (<c>clip_skip</c> in diffusers; one less than the number in
    /// AUTOMATIC1111's user interface), for models that were trained so; at least 0.
    /// </summary>
    /// <value>Default: 0: as the model's files say.</value>
    public int ClipSkip { get; init; }

    /// <summary>Gets the folder of the tokenizer's files (<c>vocab.json</c> and <c>merges.txt</c>) of a single file, which holds none.</summary>
    /// <value>Default: null: <c>tokenizer/</c> beside it, or in diffusers' folders the one of the folder.</value>
    public string? TokenizerPath { get; init; }

    /// <summary>
    /// Gets transformers' <c>config.json</c> of the text encoder of a single file, where its weights do not say everything: the number of heads is
    /// taken to be a 64th of its width.
    /// </summary>
    /// <value>Default: null: what weights and YAML say.</value>
    public string? ConfigPath { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="Arguments.OptionException">One of them has no such value.</exception>
    internal void Validate()
    {
        Arguments.Check.Defined(Rules);
        Arguments.Check.Within(ClipSkip, 0, MostSkipped);
    }
}
