namespace LdmMl.Torch.Models.Text.Tokens;

/// <summary>Converts texts to token numbers. Safe to use from several threads at once.</summary>
internal interface ITokenizer
{
    /// <summary>Gets the tokens around a text.</summary>
    TokenFrame Frame { get; }

    /// <summary>Gets the number of tokens: every token number is below it.</summary>
    int VocabularySize { get; }

    /// <summary>Returns all tokens of a text, without start and end.</summary>
    IReadOnlyList<int> Tokenize(string text);
}
