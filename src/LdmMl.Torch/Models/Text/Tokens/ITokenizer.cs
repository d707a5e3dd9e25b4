namespace LdmMl.Torch.Models.Text.Tokens;

/// <summary>Makes token numbers of texts. Safe to use from several threads at once.</summary>
internal interface ITokenizer
{
    /// <summary>Gets what stands around the tokens of a text.</summary>
    TokenFrame Frame { get; }

    /// <summary>Gets how many tokens there are: every number is below it.</summary>
    int VocabularySize { get; }

    /// <summary>Makes the tokens of a text, without begin and end, as many as there are.</summary>
    IReadOnlyList<int> Tokenize(string text);
}
