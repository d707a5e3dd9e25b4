using System.Text;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Storage;
using LdmMl.Torch.Models.Text.Tokens;

namespace LdmMl.Torch.Tests.Models.Text;

public class TokenizerReadingTests
{
    // Six tokens are enough for "a" and "ab".
    private const string Vocabulary = """{"a":0,"b":1,"a</w>":2,"b</w>":3,"ab</w>":4,"!":5,"<|startoftext|>":6,"<|endoftext|>":7}""";
    private const string Merges = "#version: 0.2\na b</w>\n";
    private const string Words = "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n##b\n";

    [Fact]
    public void A_CLIP_folder_gives_rows_that_end_with_the_end_token()
    {
        var tokenizer = Read(("vocab.json", Vocabulary), ("merges.txt", Merges), ("tokenizer_config.json", """{"model_max_length":5}"""));

        Assert.Equal([4, 2], tokenizer.Tokenize("AB a"));
        Assert.Equal([6, 4, 2, 7, 7], TokenRow.Of(tokenizer.Tokenize("AB a"), tokenizer.Frame).Ids);
        Assert.Equal([6, 4, 2, 2, 7], TokenRow.Of(tokenizer.Tokenize("ab a a a a"), tokenizer.Frame).Ids);
    }

    [Fact]
    public void The_map_of_special_tokens_takes_precedence_over_the_configuration()
    {
        var tokenizer = Read(
            ("vocab.json", Vocabulary), ("merges.txt", Merges), ("tokenizer_config.json", """{"pad_token":"<|endoftext|>"}"""),
            ("special_tokens_map.json", """{"pad_token":{"content":"!"}}"""));

        Assert.Equal(5, tokenizer.Frame.Pad);
        Assert.Equal([2, 5, 2], tokenizer.Tokenize("a!a"));
    }

    [Fact]
    public void A_tokenizer_json_can_replace_the_two_files()
    {
        var whole = """{"model":{"type":"BPE","vocab":VOCABULARY,"merges":[["a","b</w>"]],"end_of_word_suffix":"</w>"},"added_tokens":[]}"""
            .Replace("VOCABULARY", Vocabulary, StringComparison.Ordinal);

        Assert.Equal([4, 2], Read(("tokenizer.json", whole)).Tokenize("ab a"));
    }

    [Fact]
    public void A_BERT_folder_gives_the_longest_pieces()
    {
        var tokenizer = Read(("vocab.txt", Words));

        Assert.Equal([4, 5, 4, 1], tokenizer.Tokenize("AB a c"));
        Assert.Equal(new TokenFrame(77, 2, 3, 0), tokenizer.Frame);
    }

    [Fact]
    public void Windows_line_endings_are_accepted() =>
        Assert.Equal([4, 5], Read(("vocab.txt", Words.Replace("\n", "\r\n", StringComparison.Ordinal))).Tokenize("ab"));

    [Theory]
    [InlineData("vocab.json", Vocabulary, "merges.txt", "a\n", "merges.txt': its line 1 is not a pair of tokens: 'a'.")]
    [InlineData("vocab.json", Vocabulary, "merges.txt", "a c\n", "its merge 'a c' needs the token 'c', which is not in the vocabulary.")]
    [InlineData("vocab.json", """{"a":0,"b":0}""", "merges.txt", Merges, "vocab.json': its tokens 'a' and 'b' both have the number 0.")]
    [InlineData("vocab.json", """{"a":-1}""", "merges.txt", Merges, "vocab.json': its token 'a' has no number from 0")]
    [InlineData("vocab.json", """{"a":0,"a":1}""", "merges.txt", Merges, "vocab.json': its JSON is not valid")]
    [InlineData("vocab.json", """["a"]""", "merges.txt", Merges, "its vocabulary is not a JSON object")]
    [InlineData("vocab.json", "{}", "merges.txt", Merges, "its vocabulary is empty")]
    [InlineData("vocab.json", Vocabulary, "tokenizer_config.json", "{}", "it has vocab.json but no merges.txt")]
    [InlineData("merges.txt", Merges, "tokenizer_config.json", "{}", "it contains no tokenizer")]
    [InlineData("vocab.txt", Words, "tokenizer_config.json", """{"do_lower_case":false}""", "its 'tokenizer_config.json.do_lower_case' is false")]
    [InlineData("vocab.txt", Words, "tokenizer_config.json", """{"new_option":3}""", "'tokenizer_config.json.new_option' is 3, which is not supported")]
    [InlineData("vocab.txt", Words, "tokenizer_config.json", """{"tokenizer_class":"T5Tokenizer"}""", "its tokenizer is of class T5Tokenizer; supported are CLIPTokenizer")]
    [InlineData("vocab.txt", "a\nb\na\n", "tokenizer_config.json", "{}", "its line 3 repeats the token 'a' of line 1")]
    [InlineData("vocab.txt", "a\nb\n", "tokenizer_config.json", "{}", "its cls_token is '[CLS]', which is not among the 2 tokens of the vocabulary")]
    [InlineData("tokenizer.json", """{"model":{"type":"Unigram"}}""", "tokenizer_config.json", "{}", "its 'model.type' is 'Unigram'; supported are BPE and WordPiece")]
    [InlineData("tokenizer.json", "{}", "tokenizer_config.json", "{}", "it has no 'model'")]
    [InlineData("vocab.json", Vocabulary, "merges.txt", "\xFF\xFF", "it is not UTF-8 text", true)]
    public void A_damaged_or_foreign_tokenizer_is_refused_by_name(string first, string content, string second, string other, string reason, bool raw = false)
    {
        var bytes = raw ? Encoding.Latin1.GetBytes(other) : Encoding.UTF8.GetBytes(other);

        var error = Assert.Throws<CheckpointException>(() => Read((first, Encoding.UTF8.GetBytes(content)), (second, bytes)));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_has_tokens_even_a_lone_surrogate()
    {
        foreach (var rules in Enum.GetValues<TextRules>())
        {
            var tokenizer = TokenizerReading.Read(Files(("vocab.json", Vocabulary), ("merges.txt", Merges)), rules);
            foreach (var text in (string[])["\uD83D", "a\uDE00b", "\0", "\u0301", "\uAC01\u11A8", new string('&', 200), "&#99999999999;", "<|endoftext|"])
                Assert.All(tokenizer.Tokenize(text), id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
        }
    }

    private static ITokenizer Read(params (string Name, string Content)[] files) => TokenizerReading.Read(Files(files));

    private static ITokenizer Read(params (string Name, byte[] Content)[] files) => TokenizerReading.Read(Files(files));

    private static TokenizerFiles Files(params (string Name, string Content)[] files) =>
        Files([.. files.Select(file => (file.Name, Encoding.UTF8.GetBytes(file.Content)))]);

    private static TokenizerFiles Files(params (string Name, byte[] Content)[] files) =>
        TokenizerFiles.Read("tokenizer", name => files.FirstOrDefault(file => file.Name == name).Content is { } content ? new MemoryStream(content) : null);
}
