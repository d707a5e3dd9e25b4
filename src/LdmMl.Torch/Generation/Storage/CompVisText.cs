using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Storage;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>The text encoder in a CompVis checkpoint, as its YAML describes it.</summary>
/// <param name="path">The checkpoint.</param>
/// <param name="file">Its tensors.</param>
/// <param name="options">How to open it.</param>
internal sealed class CompVisText(string path, StateDictionary file, TextEncoderLoadOptions options)
{
    /// <summary>The prefix of all its keys.</summary>
    public const string Prefix = "cond_stage_model.";

    private const string TokenizerFolder = "tokenizer";
    private const string FirstName = TextEncoderReading.First;

    /// <summary>Opens the text encoder.</summary>
    /// <param name="model">The mapping <c>model.params</c>.</param>
    /// <returns>The encoder; null if the checkpoint has none, or there is no tokenizer for it.</returns>
    /// <exception cref="CheckpointException">It is damaged, or of a kind that this library does not support.</exception>
    public TextEncoderModel? Open(ConfigMap model)
    {
        if (model.Map("cond_stage_config") is not { } stage || !file.Keys.Any(key => key.StartsWith(Prefix, StringComparison.Ordinal)))
            return null;
        options.Validate();
        var tokens = Tokenizer();
        if (tokens is null)
            return null;
        using var weights = Weights(stage.NeededText("target").Split('.')[^1], out var read);
        if (weights is null)
            return null;
        var part = CheckpointErrors.Translate(path, () => read!(stage.Map("params") ?? new ConfigMap([])));
        part = part with { Tokenizer = TokenizerReading.Read(tokens, options.Rules, part.Config.Positions), Files = tokens, Rules = options.Rules };
        using var stored = new TextEncoderCheckpoint([new StoredTextPart(part, weights.Rename(key => key))], path);
        return TextEncoderModel.Open(stored);
    }

    // The weights with this library's keys, and a function that reads the description once they are known.
    private StateDictionary? Weights(string pythonClass, out Func<ConfigMap, TextPart>? read)
    {
        StateDictionary? weights = null;
        switch (pythonClass)
        {
            case "FrozenCLIPEmbedder":
                using (var own = file.Select($"{Prefix}transformer."))
                    weights = TextKeys.Clip(own);
                read = parameters => Part(Clip(weights!, TextActivation.QuickGelu), config => ClipRule(parameters, config));
                return weights;
            case "FrozenOpenCLIPEmbedder":
                using (var own = file.Select($"{Prefix}model."))
                    weights = CheckpointErrors.Translate(path, () => TextKeys.OpenClip(own));
                read = parameters => Part(Clip(weights!, TextActivation.Gelu), _ => OpenClipRule(parameters));
                return weights;
            case "BERTEmbedder" or "TransformerEmbedder":
                using (var own = file.Select($"{Prefix}transformer."))
                    weights = TextKeys.LatentDiffusion(own);
                read = _ => Part(LdmTextFiles.Infer(weights!), _ => ContextRule.Last) with { Name = TextEncoderReading.LatentDiffusion };
                return weights;
            default:
                read = null;
                return null;
        }
    }

    private TextPart Part(TextNetworkConfig config, Func<TextNetworkConfig, ContextRule> rule)
    {
        var chosen = rule(config);
        return new TextPart(FirstName, config, chosen with { SkippedLayers = chosen.SkippedLayers + options.ClipSkip }, Tokenizer: null!, Files: null!);
    }

    private ClipTextConfig Clip(StateDictionary weights, TextActivation activation)
    {
        if (options.ConfigPath is not { } described)
            return ClipTextFiles.Infer(weights, activation);
        return CheckpointErrors.Translate(described, () =>
        {
            using var stream = File.OpenRead(described);
            return ClipTextFiles.Read(new ConfigMap(JsonFile.Read(stream)), weights.ContainsKey("text_projection.weight"));
        });
    }

    private static ContextRule ClipRule(ConfigMap parameters, TextNetworkConfig config) => (parameters.Text("layer") ?? "last") switch
    {
        "last" => ContextRule.Last,
        "hidden" when parameters.NeededInteger("layer_idx") is var layer =>
            new ContextRule(layer < 0 ? -1 - layer : config.Layers - layer, Normalized: false),
        _ => throw parameters.Unsupported("layer", "last and hidden"),
    };

    private static ContextRule OpenClipRule(ConfigMap parameters) => (parameters.Text("layer") ?? "last") switch
    {
        "last" => ContextRule.Last,
        "penultimate" => ContextRule.Penultimate,
        _ => throw parameters.Unsupported("layer", "last and penultimate"),
    };

    // No checkpoint contains a tokenizer: it is next to the file, or the user names its folder.
    private TokenizerFiles? Tokenizer()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (options.TokenizerPath is { } named)
            return TokenizerFiles.Read(named);
        return ((string[])[Path.Combine(folder, TokenizerFolder), folder]).FirstOrDefault(TokenizerFiles.AreIn) is { } found ? TokenizerFiles.Read(found) : null;
    }
}
