using System.Text.Json.Nodes;
using LdmMl.Torch.Models.Text.Tokens;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>BERT's uncased tokens of many strings, by Python's code and by Rust's, and padded rows.</summary>
internal sealed class BertTokenizerRunner : IGoldenRunner
{
    public string Group => "bert-tokenizer";

    public void Run(GoldenCase golden)
    {
        var settings = golden.Settings;
        settings.Expect("do_lower_case", only: true);
        settings.Describes("vocab_sha256", "n");
        var rules = settings.Object("rules");
        rules.Describes([.. rules.Keys]);
        var tokenizer = TokenizerFolders.Bert(settings.Text("vocab"));
        var strings = JsonNode.Parse(File.ReadAllText(golden.PathOf("cases.json")))!.AsArray();
        foreach (var entry in strings)
        {
            var text = entry!["text"]!.GetValue<string>();
            var actual = tokenizer.Tokenize(text);
            foreach (var rule in rules.Keys)
            {
                int[] expected = [.. entry[rule]!.AsArray().Select(id => id!.GetValue<int>())];
                golden.Require(
                    actual.SequenceEqual(expected),
                    $"{rule}: '{text}' gives [{string.Join(", ", actual)}], the reference has [{string.Join(", ", expected)}]");
            }
        }

        CheckFrame(golden, tokenizer);
        var rows = settings.Ints("padded_rows").Select(row => TokenRow.Of(tokenizer.Tokenize(strings[row]!["text"]!.GetValue<string>()), tokenizer.Frame)).ToArray();
        golden.Check("input_ids", stack(rows.Select(row => tensor(row.Ids)).ToList()));
        golden.Check("fast.input_ids", stack(rows.Select(row => tensor(row.Ids)).ToList()));
        golden.Check("attention_mask", stack(rows.Select(row => row.Mask()).ToList()));
    }

    private static void CheckFrame(GoldenCase golden, ITokenizer tokenizer)
    {
        var settings = golden.Settings;
        var frame = new TokenFrame(settings.Int("max_length"), settings.Int("cls_token_id"), settings.Int("sep_token_id"), settings.Int("pad_token_id"));
        golden.Require(tokenizer.Frame == frame, $"the frame is {tokenizer.Frame}");
        golden.Require(tokenizer.VocabularySize == settings.Int("vocab_size"), $"{tokenizer.VocabularySize} tokens");
        golden.Require(tokenizer.Tokenize("[UNK][MASK]").SequenceEqual([settings.Int("unk_token_id"), settings.Int("mask_token_id")]), "special tokens");
        var longest = settings.Int("max_input_chars_per_word");
        golden.Require(tokenizer.Tokenize(new string('a', longest))[0] != settings.Int("unk_token_id"), "a word of the greatest length is unknown");
        golden.Require(tokenizer.Tokenize(new string('a', longest + 1)).SequenceEqual([settings.Int("unk_token_id")]), "a longer word is known");
    }
}
