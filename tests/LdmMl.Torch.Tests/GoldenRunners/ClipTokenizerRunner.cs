using System.Text.Json.Nodes;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Tokens;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>CLIP's tokens of many strings by each of the published sets of rules, and the padded rows of four libraries.</summary>
internal sealed class ClipTokenizerRunner : IGoldenRunner
{
    private const string End = "<|endoftext|>";
    private const string Exclamation = "!";

    // For each name in cases.json: the rules, and the padding token, which is special in Hugging Face's.
    private static readonly Dictionary<string, (TextRules Rules, string Padding)> Sets = new()
    {
        ["openai"] = (TextRules.OpenAi, Exclamation),
        ["openai_without_ftfy"] = (TextRules.OpenAiUnrepaired, Exclamation),
        ["open_clip"] = (TextRules.OpenClip, Exclamation),
        ["hf_ftfy"] = (TextRules.DiffusersRepaired, End),
        ["hf_basic"] = (TextRules.Diffusers, End),
        ["hf_basic_4_27"] = (TextRules.DiffusersBefore428, End),
        ["hf_ftfy_sd2"] = (TextRules.DiffusersRepaired, Exclamation),
        ["hf_basic_sd2"] = (TextRules.Diffusers, Exclamation),
        ["hf_fast"] = (TextRules.Fast, End),
    };

    public string Group => "clip-tokenizer";

    public void Run(GoldenCase golden)
    {
        var settings = golden.Settings;
        var (vocabulary, merges) = (settings.Text("vocab"), settings.Text("merges"));
        var rules = settings.Object("rules");
        rules.Describes([.. rules.Keys]);
        settings.Describes("versions", "n", "unk_token_id", "bos_token", "eos_token");
        var strings = JsonNode.Parse(File.ReadAllText(golden.PathOf("cases.json")))!.AsArray();
        foreach (var set in rules.Keys)
        {
            var (rule, padding) = Sets.TryGetValue(set, out var known) ? known : throw rules.Unsupported(set, "no such rules");
            CheckIds(golden, strings, set, TokenizerFolders.Clip(vocabulary, merges, padding, rule));
        }

        string[] rows = [.. settings.Ints("padded_rows").Select(row => strings[row]!["text"]!.GetValue<string>())];
        CheckRows(golden, "sd1", rows, TokenizerFolders.Clip(vocabulary, merges, Padding(settings, "sd1", End), TextRules.DiffusersRepaired), ".input_ids");
        CheckRows(golden, "sd2", rows, TokenizerFolders.Clip(vocabulary, merges, Padding(settings, "sd2", Exclamation), TextRules.DiffusersRepaired), ".input_ids");
        CheckRows(golden, "openai", rows, TokenizerFolders.Clip(vocabulary, merges, Exclamation, TextRules.OpenAi), ".tokens");
        CheckRows(golden, "open_clip", rows, TokenizerFolders.Clip(vocabulary, merges, Exclamation, TextRules.OpenClip), ".tokens");
    }

    private static string Padding(CaseSettings settings, string name, string usual) => settings.Object("pad").Object(name).Text("pad_token", usual);

    private static void CheckIds(GoldenCase golden, JsonArray strings, string set, ITokenizer tokenizer)
    {
        foreach (var entry in strings)
        {
            var text = entry!["text"]!.GetValue<string>();
            int[] expected = [.. entry[set]!.AsArray().Select(id => id!.GetValue<int>())];
            var actual = tokenizer.Tokenize(text);
            golden.Require(
                actual.SequenceEqual(expected),
                $"{set}: '{text}' gives [{string.Join(", ", actual)}], the reference has [{string.Join(", ", expected)}]");
        }
    }

    private static void CheckRows(GoldenCase golden, string name, string[] texts, ITokenizer tokenizer, string output)
    {
        var settings = golden.Settings;
        var frame = tokenizer.Frame;
        golden.Require(frame.Length == settings.Int("model_max_length"), $"{name}: rows of {frame.Length}");
        golden.Require(frame.Pad == settings.Object("pad").Object(name).Int("pad_token_id"), $"{name}: padded with {frame.Pad}");
        golden.Require(frame.Start == settings.Int("bos_token_id") && frame.End == settings.Int("eos_token_id"), $"{name}: {frame}");
        golden.Require(tokenizer.VocabularySize == settings.Int("vocab_size"), $"{name}: {tokenizer.VocabularySize} tokens");
        var rows = texts.Select(text => TokenRow.Of(tokenizer.Tokenize(text), frame)).ToArray();
        golden.Check(name + output, stack(rows.Select(row => tensor(row.Ids)).ToList()));
        golden.Check(name + ".attention_mask", stack(rows.Select(row => row.Mask()).ToList()));
    }
}
