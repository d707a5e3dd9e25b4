using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Storage;
using LdmMl.Torch.Models.Text.Tokens;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Onnx;
using LdmMl.Torch.Tests.Onnx;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>CLIP's text encoders, with the keys of transformers and of the original checkpoints of Stable Diffusion 1 and 2.</summary>
internal sealed class ClipTextRunner : IGoldenRunner
{
    private const string Prefix = "cond_stage_model.";
    private const string OpenClip = "ldm.modules.encoders.modules.FrozenOpenCLIPEmbedder";
    private const string Clip = "ldm.modules.encoders.modules.FrozenCLIPEmbedder";

    public string Group => "clip-text";

    public void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var settings = golden.Settings;
        using var stored = golden.Weights();
        var stage = settings.OptionalObject("cond_stage_config");
        using var weights = Renamed(stored, stage?.Text("target"), golden);
        var json = settings.Node("text_config").AsObject().DeepClone().AsObject();
        var config = ClipTextFiles.Read(new ConfigMap(json), weights.ContainsKey("text_projection.weight"));
        using var network = new ClipTextNetwork(config);
        network.eval();
        ModuleWeights.Load(network, weights, golden.Name);
        var ids = Ids(golden, config);
        if (stage is null)
            CheckStates(golden, network, ids);
        else
            CheckStage(golden, stage, network, ids);
    }

    private static StateDictionary Renamed(StateDictionary stored, string? target, GoldenCase golden)
    {
        if (target is null)
            return TextKeys.Clip(stored);
        using var bare = stored.Select(Prefix + (target == OpenClip ? "model." : "transformer."));
        var renamed = target == OpenClip ? TextKeys.OpenClip(bare) : TextKeys.Clip(bare);
        var map = JsonNode.Parse(File.ReadAllText(golden.PathOf("keymap.json")))!.AsObject();
        var expected = map.SelectMany(pair => pair.Value is JsonArray list ? list.Select(name => name!.GetValue<string>()) : [pair.Value!.GetValue<string>()])
            .Select(name => name.Split(' ')[0]).Where(name => !name.EndsWith("position_ids", StringComparison.Ordinal));
        golden.Require(expected.ToHashSet().SetEquals(renamed.Keys), $"keymap.json has other names than {string.Join(", ", renamed.Keys)}");
        return renamed;
    }

    private static Tensor Ids(GoldenCase golden, ClipTextConfig config)
    {
        var settings = golden.Settings;
        if (!settings.Has("texts"))
            return golden.Inputs["input_ids"];
        settings.Expect("tokenizer", "sd1");
        var tokenizer = TokenizerFolders.Clip("clip-bpe/vocab.json", "clip-bpe/merges.txt", "<|endoftext|>", TextRules.DiffusersRepaired);
        golden.Require(tokenizer.Frame.Length == config.Positions, "rows have another length");
        var ids = stack(settings.Texts("texts").Select(text => tensor(TokenRow.Of(tokenizer.Tokenize(text), tokenizer.Frame).Ids)).ToList());
        golden.Check("input_ids", ids);
        return ids;
    }

    private static void CheckStates(GoldenCase golden, ClipTextNetwork network, Tensor ids)
    {
        var states = network.HiddenStates(ids, kept: null);
        for (var index = 0; index < states.Count; index++)
            golden.Check($"hidden_states.{index}", states[index]);
        var last = network.Normalize(states[^1]);
        golden.Check("last_hidden_state", last);
        for (var skipped = 1; skipped < states.Count; skipped++)
            golden.Check($"clip_skip_{skipped}", network.Normalize(states[^(skipped + 1)]));
        golden.Check("pooler_output", network.Pool(last, ids));
        CheckExported(golden, network, ids);
        golden.Check("text_embeds", network.Embed(last, ids));
        if (golden.Settings.OptionalInt("eos_in_data") is { } end)
        {
            golden.Settings.Describes("bos_in_data");
            golden.Check("pooled.argmax_id", network.Pool(last, ids, ClipTextConfig.LegacyEndToken));
            golden.Check("pooled.first_eos", network.Pool(last, ids, end));
            Tensor[] places = [ClipTextNetwork.EndOf(ids, ClipTextConfig.LegacyEndToken), ClipTextNetwork.EndOf(ids, end)];
            golden.Check("pooled.position", stack(places, dim: 1));
        }

        if (!golden.Wants("masked.last_hidden_state"))
            return;
        var masked = network.Normalize(network.HiddenStates(ids, golden.Inputs["attention_mask"])[^1]);
        golden.Check("masked.last_hidden_state", masked);
        golden.Check("masked.pooler_output", network.Pool(masked, ids));
    }

    private static void CheckExported(GoldenCase golden, ClipTextNetwork network, Tensor ids)
    {
        Graph Graph(ContextRule rule, bool masked = false) => OnnxGraphs.Text(network, OnnxInputs.Part(network, rule) with { UsesMask = masked });
        var given = ("input_ids", ids.to(ScalarType.Int32));
        golden.CheckExported("last_hidden_state", () => Graph(ContextRule.Last), "last_hidden_state", given);
        golden.CheckExported("clip_skip_1", () => Graph(ContextRule.Penultimate), "last_hidden_state", given);
        var penultimate = $"hidden_states.{network.Config.Layers - 1}";
        golden.CheckExported(penultimate, () => Graph(ContextRule.PenultimateAsIs), penultimate, given);
        if (((ClipTextConfig)network.Config).ProjectionWidth is null)
            golden.CheckExported("pooler_output", () => Graph(ContextRule.Last), "pooler_output", given);
        else
            golden.CheckExported("text_embeds", () => Graph(ContextRule.PenultimateAsIs), "text_embeds", given);
        if (golden.Wants("masked.last_hidden_state"))
        {
            golden.CheckExported(
                "masked.last_hidden_state", () => Graph(ContextRule.Last, masked: true), "last_hidden_state", given,
                ("attention_mask", golden.Inputs["attention_mask"].to(ScalarType.Int32)));
        }
    }

    // As the original checkpoints describe it: this is the model's own context, by its rule.
    private static void CheckStage(GoldenCase golden, CaseSettings stage, ClipTextNetwork network, Tensor ids)
    {
        var states = network.HiddenStates(ids, kept: null);
        var (last, penultimate) = (network.Normalize(states[^1]), network.Normalize(states[^2]));
        if (stage.Text("target") == Clip)
        {
            golden.Check("z", last);
            return;
        }

        var (config, settings) = ((ClipTextConfig)network.Config, golden.Settings);
        var parameters = stage.Object("params");
        parameters.Describes("freeze");
        _ = parameters.Choice("layer", "last", ("last", ContextRule.Last), ("penultimate", ContextRule.Penultimate));
        var tower = settings.Object("text_cfg");
        var described = (tower.Int("context_length"), tower.Int("vocab_size"), tower.Int("width"), tower.Int("heads"), tower.Int("layers"), settings.Int("embed_dim"));
        golden.Require(
            described == (config.Positions, config.VocabularySize, config.Width, config.Heads, config.Layers, config.ProjectionWidth), $"the shape is {config}");
        golden.Check("last", last);
        golden.Check("penultimate", penultimate);
        golden.Check("text_features", network.Embed(last, ids));
    }
}
