using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Networks;
using LdmMl.Torch.Models.Text.Storage;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>The text encoder in a CompVis checkpoint, or both of SDXL, as its YAML describes them.</summary>
/// <param name="path">The checkpoint.</param>
/// <param name="file">Its tensors.</param>
/// <param name="options">How to open it.</param>
internal sealed class CompVisText(string path, StateDictionary file, TextEncoderLoadOptions options)
{
    private const string TokenizerFolder = "tokenizer", SecondTokenizerFolder = "tokenizer_2";
    private const string SecondPadding = "!";    // the token 0, with which OpenCLIP pads

    /// <summary>Opens the text encoder.</summary>
    /// <param name="model">The mapping <c>model.params</c>.</param>
    /// <returns>The encoder; null if the checkpoint has none, or there is no tokenizer for it.</returns>
    /// <exception cref="CheckpointException">It is damaged, or of a kind that this library does not support.</exception>
    public TextEncoderModel? Open(ConfigMap model)
    {
        options.Validate();
        var stages = CompVisTextStage.Of(model);
        if (stages.Count == 0 || !stages.All(stage => file.Keys.Any(key => key.StartsWith(stage.Prefix, StringComparison.Ordinal))))
            return null;
        if (options.ConfigPath is { } described && stages.Count > 1)
            throw new CheckpointException(described, "it describes one text encoder, and this checkpoint has two; leave it out.");
        if (Tokenizer() is not { } tokens)
            return null;
        var parts = new List<StoredTextPart>();
        try
        {
            foreach (var stage in stages)
            {
                if (Part(stage, stage.IsSecond ? SecondTokenizer(tokens) : tokens) is not { } part)
                    return null;
                parts.Add(part);
            }

            using var stored = new TextEncoderCheckpoint([.. parts], path);
            parts.Clear();
            return TextEncoderModel.Open(stored);
        }
        finally
        {
            parts.ForEach(part => part.Dispose());
        }
    }

    private StoredTextPart? Part(CompVisTextStage stage, TokenizerFiles tokens)
    {
        using var weights = Weights(stage, out var read);
        if (weights is null)
            return null;
        var part = CheckpointErrors.Translate(path, () => read!(stage.Parameters));
        part = part with { Tokenizer = TokenizerReading.Read(tokens, options.Rules, part.Config.Positions), Files = tokens, Rules = options.Rules };
        return new StoredTextPart(part, weights.Rename(key => key));
    }

    // The weights with this library's keys, and a function that reads the description once they are known.
    private StateDictionary? Weights(CompVisTextStage stage, out Func<ConfigMap, TextPart>? read)
    {
        StateDictionary? weights = null;
        switch (stage.PythonClass)
        {
            case "FrozenCLIPEmbedder":
                using (var own = file.Select($"{stage.Prefix}transformer."))
                    weights = TextKeys.Clip(own);
                read = parameters => Part(stage.Name, Clip(weights!, TextActivation.QuickGelu), config => ClipRule(parameters, config));
                return weights;
            case "FrozenOpenCLIPEmbedder" or "FrozenOpenCLIPEmbedder2":
                using (var own = file.Select($"{stage.Prefix}model."))
                    weights = CheckpointErrors.Translate(path, () => TextKeys.OpenClip(own));
                read = parameters => Part(
                    stage.Name, Clip(weights!, TextActivation.Gelu), _ => stage.IsSecond ? SecondRule(parameters) : OpenClipRule(parameters));
                return weights;
            case "BERTEmbedder" or "TransformerEmbedder":
                using (var own = file.Select($"{stage.Prefix}transformer."))
                    weights = TextKeys.LatentDiffusion(own);
                read = _ => Part(TextEncoderReading.LatentDiffusion, LdmTextFiles.Infer(weights!), _ => ContextRule.Last);
                return weights;
            default:
                read = null;
                return null;
        }
    }

    private TextPart Part(string name, TextNetworkConfig config, Func<TextNetworkConfig, ContextRule> rule)
    {
        var chosen = rule(config);
        return new TextPart(name, config, chosen with { SkippedLayers = chosen.SkippedLayers + options.ClipSkip }, Tokenizer: null!, Files: null!);
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

    private static ContextRule SecondRule(ConfigMap parameters)
    {
        if (parameters.Truth("legacy") ?? true)
            throw new InvalidDataException("its second text encoder normalises what it skips to ('legacy' is true); supported is false, as SDXL has it.");
        return (parameters.Text("layer") ?? "last") == "penultimate" ? ContextRule.PenultimateAsIs : throw parameters.Unsupported("layer", "penultimate");
    }

    // No checkpoint holds a tokenizer: it lies beside, or the user names it.
    private TokenizerFiles? Tokenizer()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (options.TokenizerPath is { } named)
            return TokenizerFiles.Read(named);
        return ((string[])[Path.Combine(folder, TokenizerFolder), folder]).FirstOrDefault(TokenizerFiles.AreIn) is { } found ? TokenizerFiles.Read(found) : null;
    }

    private TokenizerFiles SecondTokenizer(TokenizerFiles first)
    {
        var folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, SecondTokenizerFolder);
        return TokenizerFiles.AreIn(folder) ? TokenizerFiles.Read(folder) : first.WithPadding(SecondPadding);
    }
}
