using System.Text.Json;
using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Models.Text.Tokens;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>Builds a tokenizer from its files, as transformers stores them.</summary>
internal static class TokenizerReading
{
    private const int UsualLength = 77;          // for CLIP and for latent diffusion
    private const int LongestLength = 100_000;   // transformers writes 1e30 for "any"

    private const string DefaultStart = "<|startoftext|>";
    private const string DefaultEnd = "<|endoftext|>";

    private static readonly string[] BertSpecials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    // None of these changes a token here.
    private static readonly string[] Harmless =
    [
        "clean_up_tokenization_spaces", "errors", "name_or_path", "special_tokens_map_file", "tokenizer_file", "processor_class", "use_fast",
        "added_tokens_decoder", "padding_side", "model_input_names", "tokenizer_class", "trust_remote_code", "mask_token", "auto_map",
    ];

    /// <summary>Builds the tokenizer.</summary>
    /// <param name="files">Its files.</param>
    /// <param name="rules">How texts are cleaned for CLIP; BERT has only one way.</param>
    /// <param name="length">The length of rows if shorter than the files say; latent diffusion cuts BERT's at 77.</param>
    /// <exception cref="CheckpointException">A file is missing or damaged, or requires something that this library does not support.</exception>
    public static ITokenizer Read(TokenizerFiles files, TextRules rules = TextRules.Diffusers, int length = UsualLength)
    {
        var config = Settings(files, TokenizerFiles.Config);
        var map = Settings(files, TokenizerFiles.SpecialTokensMap);
        var whole = files.Open(TokenizerFiles.Whole, WholeTokenizer.Read);
        var kind = KindOf(files, whole, config["tokenizer_class"]?.ToString());
        return CheckpointErrors.Translate(files.Source, ITokenizer () =>
        {
            var read = new ConfigMap(config, TokenizerFiles.Config);
            read.Ignore(Harmless);
            var row = Math.Min(length, RowLength(read));
            var tokens = new NamedTokens(config, map, read);
            ITokenizer tokenizer = kind == "Bert" ? Bert(files, whole, read, tokens, row) : Clip(files, whole, read, tokens, rules, row);
            read.RefuseUnread();
            return tokenizer;
        });
    }

    private static ClipTokenizer Clip(
        TokenizerFiles files, WholeTokenizer? whole, ConfigMap config, NamedTokens tokens, TextRules rules, int length)
    {
        if (config.Truth("add_prefix_space") ?? false)
            throw config.Unsupported("add_prefix_space", "false");
        config.Ignore("do_lower_case");                            // CLIP always lowercases
        var vocabulary = files.Open(TokenizerFiles.Vocabulary, TokenizerTables.Vocabulary) ?? whole!.Vocabulary;
        var merges = files.Open(TokenizerFiles.Merges, TokenizerTables.Merges) ?? whole!.Merges;
        TokenizerTables.CheckMerges(vocabulary, merges);
        AddTo(vocabulary, files, whole);

        int Id(string key, string usual) => Find(vocabulary, tokens.Text(key) ?? usual, key);
        var frame = new TokenFrame(length, Id("bos_token", DefaultStart), Id("eos_token", DefaultEnd), Id("pad_token", DefaultEnd));
        var unknown = tokens.Text("unk_token") ?? DefaultEnd;
        Find(vocabulary, unknown, "unk_token");
        string[] written = [tokens.Text("bos_token") ?? DefaultStart, tokens.Text("eos_token") ?? DefaultEnd, tokens.Text("pad_token") ?? DefaultEnd, unknown];
        var added = AddedTokens(files);
        var special = Special(vocabulary, written.Concat(tokens.Texts("additional_special_tokens")).Concat(added.Keys));
        foreach (var token in added.Keys)
            special[token] = [.. AddedWord.Names(token, added.Count).TakeWhile(added.ContainsKey).Select(name => vocabulary[name])];
        return new ClipTokenizer(new BytePairs(vocabulary, merges, unknown), frame, special, rules);
    }

    private static BertTokenizer Bert(TokenizerFiles files, WholeTokenizer? whole, ConfigMap config, NamedTokens tokens, int length)
    {
        RequireTrue(config, "do_lower_case");
        RequireTrue(config, "do_basic_tokenize");
        RequireTrue(config, "tokenize_chinese_chars");
        if (!(config.Truth("strip_accents") ?? true))
            throw config.Unsupported("strip_accents", "null or true");
        if (config.Has("never_split"))
            throw config.Unsupported("never_split", "null");
        var vocabulary = files.Open(TokenizerFiles.Words, TokenizerTables.Words) ?? whole!.Vocabulary;
        AddTo(vocabulary, files, whole);

        int Id(string key, string usual) => Find(vocabulary, tokens.Text(key) ?? usual, key);
        var frame = new TokenFrame(length, Id("cls_token", "[CLS]"), Id("sep_token", "[SEP]"), Id("pad_token", "[PAD]"));
        var written = BertSpecials.Where(vocabulary.ContainsKey).Concat(tokens.Texts("additional_special_tokens")).Concat(AddedTokens(files).Keys);
        return new BertTokenizer(vocabulary, frame, Id("unk_token", "[UNK]"), Special(vocabulary, written));
    }

    private static string KindOf(TokenizerFiles files, WholeTokenizer? whole, string? named)
    {
        var has = files.Contents.ContainsKey;
        return named switch
        {
            "CLIPTokenizer" or "CLIPTokenizerFast" or "BertTokenizer" or "BertTokenizerFast" or null => (has(TokenizerFiles.Words), whole?.Kind) switch
            {
                (true, _) or (_, "WordPiece") when named is null or "BertTokenizer" or "BertTokenizerFast" => "Bert",
                _ when has(TokenizerFiles.Vocabulary) && has(TokenizerFiles.Merges) => "Clip",
                (_, "BPE") => "Clip",
                _ when has(TokenizerFiles.Vocabulary) => throw new CheckpointException(
                    files.Source, $"it has {TokenizerFiles.Vocabulary} but no {TokenizerFiles.Merges}; put the missing file next to it."),
                _ => throw new CheckpointException(
                    files.Source, $"it contains no tokenizer: neither {TokenizerFiles.Vocabulary} with {TokenizerFiles.Merges} (CLIP), nor "
                    + $"{TokenizerFiles.Words} (BERT), nor {TokenizerFiles.Whole}."),
            },
            _ => throw new CheckpointException(
                files.Source, $"its tokenizer is of class {named}; supported are CLIPTokenizer and BertTokenizer, and {TokenizerFiles.Whole} of their Fast versions."),
        };
    }

    private static void AddTo(Dictionary<string, int> vocabulary, TokenizerFiles files, WholeTokenizer? whole)
    {
        foreach (var (token, id) in AddedTokens(files).Concat(whole?.Added ?? new Dictionary<string, int>()))
            vocabulary.TryAdd(token, id);
    }

    private static Dictionary<string, int> AddedTokens(TokenizerFiles files) =>
        files.Open(TokenizerFiles.AddedTokens, content => content.Length > 2 ? TokenizerTables.Vocabulary(content) : []) ?? [];

    private static Dictionary<string, IReadOnlyList<int>> Special(Dictionary<string, int> vocabulary, IEnumerable<string> tokens) =>
        tokens.Distinct(StringComparer.Ordinal).ToDictionary(token => token, IReadOnlyList<int> (token) => [Find(vocabulary, token, "special token")], StringComparer.Ordinal);

    private static int Find(Dictionary<string, int> vocabulary, string token, string key) => vocabulary.TryGetValue(token, out var id)
        ? id
        : throw new InvalidDataException($"its {key} is '{token}', which is not among the {vocabulary.Count} tokens of the vocabulary.");

    private static int RowLength(ConfigMap config)
    {
        var length = config.Number("model_max_length") ?? UsualLength;
        ConfigMap.Require(length >= 3, $"its 'model_max_length' is {length}; a text needs at least 3 tokens.");
        return length > LongestLength ? LongestLength : (int)length;
    }

    private static void RequireTrue(ConfigMap config, string key)
    {
        if (!(config.Truth(key) ?? true))
            throw config.Unsupported(key, "true");
    }

    private static JsonObject Settings(TokenizerFiles files, string name) => files.Open(name, content =>
    {
        using var stream = new MemoryStream(content);
        return JsonFile.Read(stream);
    }) ?? [];
}
