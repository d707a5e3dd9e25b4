using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Tokens;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Text;

/// <summary>
/// A new word for a text encoder (textual inversion; Gal et al. 2022): tokens appended to its vocabulary, one per vector. The first token is
/// named after the word and the others <c>word_1</c>, <c>word_2</c>, as in diffusers.
/// </summary>
/// <param name="word">The word as it is written in texts.</param>
internal sealed class AddedWord(string word)
{
    /// <summary>Names the tokens of a word.</summary>
    public static IEnumerable<string> Names(string word, int count) =>
        Enumerable.Range(0, count).Select(number => number == 0 ? word : FormattableString.Invariant($"{word}_{number}"));

    /// <summary>Copies one of the encoders and adds the word to the copy.</summary>
    /// <param name="part">The description of the encoder.</param>
    /// <param name="source">Its network.</param>
    /// <param name="rows">The vectors, [vectors, width].</param>
    /// <param name="device">Where the copy is made.</param>
    /// <exception cref="InvalidDataException">The word cannot be added to this encoder.</exception>
    public (TextPart Part, TextNetwork Network) AddTo(TextPart part, TextNetwork source, Tensor rows, Device device)
    {
        if (part is not { Tokenizer: ClipTokenizer { KnowsWrittenTokens: true } tokenizer, Config: ClipTextConfig config })
            throw new InvalidDataException("it adds a word to a CLIP text encoder; this model has a different encoder, or cleans its texts by rules without added words.");
        if (rows.shape[1] != config.Width)
            throw new InvalidDataException($"it was made for another model: its vectors are {rows.shape[1]} wide, but this model's {part.Name} is {config.Width} wide.");
        var (first, count) = (tokenizer.VocabularySize, (int)rows.shape[0]);
        var names = Names(word, count).ToArray();
        if (Array.Find(names, tokenizer.Knows) is { } known)
            throw new InvalidDataException($"its word '{known}' is already a token of the model; choose another word.");
        var larger = config with { VocabularySize = Math.Max(config.VocabularySize, first + count) };
        var numbers = names.Select((name, index) => (name, index)).ToDictionary(entry => entry.name, entry => first + entry.index, StringComparer.Ordinal);
        return (part with { Config = larger, Tokenizer = tokenizer.With(word, numbers), Files = part.Files.WithAdded(numbers) }, Copy(source, larger, rows, first, device));
    }

    private static ClipTextNetwork Copy(TextNetwork source, ClipTextConfig larger, Tensor rows, int first, Device device)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var network = new ClipTextNetwork(larger, device);
        var weights = network.state_dict();
        foreach (var (key, weight) in source.state_dict())
            weights[key].narrow(0, 0, weight.shape[0]).copy_(weight);
        weights["text_model.embeddings.token_embedding.weight"].narrow(0, first, rows.shape[0]).copy_(rows);
        return network;
    }
}
