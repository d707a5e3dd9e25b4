using System.Text;
using System.Text.Json.Nodes;
using LdmMl.Torch.Models.Text.Tokens;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>Creates BERT's tokenizer with a custom vocabulary, and its files, which transformers can open.</summary>
internal static class CaptionTokenizer
{
    /// <summary>Creates the files.</summary>
    /// <param name="vocabulary">The tokens in the order of their numbers.</param>
    /// <param name="length">The length of every row of tokens.</param>
    public static TokenizerFiles Files(IReadOnlyList<string> vocabulary, int length)
    {
        var contents = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [TokenizerFiles.Words] = Encoding.UTF8.GetBytes(string.Concat(vocabulary.Select(token => $"{token}\n"))),
            [TokenizerFiles.Config] = Encoding.UTF8.GetBytes(Settings(length).ToJsonString()),
        };
        return TokenizerFiles.Read("the vocabulary of the captions", name => contents.TryGetValue(name, out var content) ? new MemoryStream(content) : null);
    }

    /// <summary>Creates the tokenizer from these files.</summary>
    public static ITokenizer Open(TokenizerFiles files, int length) => TokenizerReading.Read(files, length: length);

    private static JsonObject Settings(int length) => new()
    {
        ["tokenizer_class"] = "BertTokenizer", ["do_lower_case"] = true, ["model_max_length"] = length,
        ["cls_token"] = "[CLS]", ["sep_token"] = "[SEP]", ["pad_token"] = "[PAD]", ["unk_token"] = "[UNK]", ["mask_token"] = "[MASK]",
    };
}
