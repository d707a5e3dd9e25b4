using System.Text.Json.Nodes;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Storage;
using LdmMl.Torch.Models.Text.Tokens;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Tokenizers of golden cases, built from the published vocabularies next to the repository like a user's folder.</summary>
internal static class TokenizerFolders
{
    private const string Shared = "shared/data/";

    /// <summary>Opens CLIP's tokenizer with a padding token.</summary>
    public static ITokenizer Clip(string vocabulary, string merges, string padding, TextRules rules) =>
        Open(rules, (TokenizerFiles.Vocabulary, Bytes(vocabulary)), (TokenizerFiles.Merges, Bytes(merges)), (TokenizerFiles.SpecialTokensMap, Padding(padding)));

    /// <summary>Opens BERT's tokenizer.</summary>
    public static ITokenizer Bert(string vocabulary) => Open(TextRules.Diffusers, (TokenizerFiles.Words, Bytes(vocabulary)));

    private static ITokenizer Open(TextRules rules, params (string Name, byte[] Content)[] files) => TokenizerReading.Read(
        TokenizerFiles.Read("tokenizer", name => files.FirstOrDefault(file => file.Name == name).Content is { } content ? new MemoryStream(content) : null), rules);

    private static byte[] Bytes(string path)
    {
        var name = path.StartsWith(Shared, StringComparison.Ordinal) ? path[Shared.Length..] : path;
        return File.ReadAllBytes(Path.Combine(RealData.SharedData ?? throw new DirectoryNotFoundException($"{path} is needed."), name));
    }

    private static byte[] Padding(string token) => System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["pad_token"] = token }.ToJsonString());
}
