using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Models.Text.Networks;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>Reads text encoders in diffusers' layout.</summary>
internal static class TextEncoderReading
{
    /// <summary>The folder of CLIP's text encoder, or of the first one of SDXL.</summary>
    public const string First = "text_encoder";

    /// <summary>The folder of the second text encoder of SDXL.</summary>
    public const string Second = "text_encoder_2";

    /// <summary>The folder of latent diffusion's own text encoder.</summary>
    public const string LatentDiffusion = "bert";

    /// <summary>Names the text encoders of a model, in the order in which their contexts are concatenated.</summary>
    public static IReadOnlyList<string> PartsOf(ModelIndex index) =>
        [.. new[] { First, Second, LatentDiffusion }.Where(index.Components.ContainsKey)];

    /// <summary>Reads the text encoders.</summary>
    /// <param name="files">The files.</param>
    /// <param name="index">The model's index, which names its components.</param>
    /// <param name="options">How to open them.</param>
    /// <returns>The encoders; null if the model has none.</returns>
    /// <exception cref="CheckpointException">Something is missing, damaged or not supported.</exception>
    public static TextEncoderCheckpoint? Read(ITextFiles files, ModelIndex index, TextEncoderLoadOptions options)
    {
        options.Validate();
        var names = PartsOf(index);
        if (names.Count == 0)
            return null;
        options = options with { Rules = CheckpointErrors.Translate(files.Source, () => RulesOf(index, options)) };
        var rule = index.Components.ContainsKey(Second) ? ContextRule.PenultimateAsIs : ContextRule.Last;
        rule = rule with { SkippedLayers = rule.SkippedLayers + options.ClipSkip + CheckpointErrors.Translate(files.Source, () => ClipSkipOf(index)) };
        var parts = new List<StoredTextPart>();
        try
        {
            foreach (var name in names)
                parts.Add(Part(files, name, index.Components[name], rule, options, TokenizerNames(index, TextPart.TokenizerNameOf(name))));
            return new TextEncoderCheckpoint(parts, files.Source);
        }
        catch
        {
            parts.ForEach(part => part.Dispose());
            throw;
        }
    }

    /// <summary>The key under which this library's index lists the files of the tokenizers: in a model.zip they cannot be searched for.</summary>
    public const string TokenizerFilesKey = "tokenizer_files";

    /// <summary>The key under which this library's index stores cleaning rules other than diffusers'.</summary>
    public const string RulesKey = "text_rules";

    /// <summary>The key under which an index of this library keeps how many blocks are skipped beyond what diffusers does, which has no key for it.</summary>
    public const string ClipSkipKey = "clip_skip";

    private static int ClipSkipOf(ModelIndex index) => index.Extras is not { } extras ? 0
        : new ConfigMap(extras, ModelIndex.ExtrasKey).Integer(ClipSkipKey) is var skip && skip is null or (>= 0 and <= TextEncoderLoadOptions.MostSkipped)
            ? skip ?? 0 : throw new InvalidDataException($"'{ClipSkipKey}' is {skip}; it must be at least 0.");

    private static TextRules RulesOf(ModelIndex index, TextEncoderLoadOptions options)
    {
        if (options.Rules != TextRules.Diffusers || index.Extras?[RulesKey] is not { } stored)
            return options.Rules;
        return Enum.TryParse<TextRules>(stored.ToString(), out var rules) && Enum.IsDefined(rules) ? rules : throw new InvalidDataException(
            $"'{RulesKey}' is '{stored}'; it must be one of {string.Join(", ", Enum.GetNames<TextRules>())}.");
    }

    private static IReadOnlyList<string>? TokenizerNames(ModelIndex index, string component) =>
        (index.Extras?[TokenizerFilesKey] as JsonObject)?[component] is JsonArray names ? [.. names.Select(name => name?.ToString() ?? "")] : null;

    private static StoredTextPart Part(
        ITextFiles files, string name, string pythonClass, ContextRule rule, TextEncoderLoadOptions options, IReadOnlyList<string>? names)
    {
        var (config, usesMask) = files.ReadConfig($"{name}/{DiffusersFolder.ConfigName}", stream => ReadConfig(stream, pythonClass));
        var tokens = options.TokenizerPath is { } other && name != Second
            ? TokenizerFiles.Read(other)
            : files.ReadTokenizer(TextPart.TokenizerNameOf(name), names);
        var part = new TextPart(name, config, rule, TokenizerReading.Read(tokens, options.Rules, config.Positions), tokens) { UsesMask = usesMask, Rules = options.Rules };
        using var stored = files.ReadWeights(name);
        return new StoredTextPart(part, config is ClipTextConfig ? TextKeys.Clip(stored) : TextKeys.WithoutHead(stored));
    }

    private static (TextNetworkConfig Config, bool UsesMask) ReadConfig(Stream stream, string pythonClass)
    {
        var map = new ConfigMap(JsonFile.Read(stream));
        return pythonClass switch
        {
            ClipTextFiles.ClassName => (ClipTextFiles.Read(map, hasProjection: false), ClipTextFiles.UsesMask(map)),
            ClipTextFiles.ProjectedClassName => (ClipTextFiles.Read(map, hasProjection: true), ClipTextFiles.UsesMask(map)),
            LdmTextFiles.ClassName => (LdmTextFiles.Read(map), false),
            _ => throw new InvalidDataException(
                $"its text encoder is of class {pythonClass}; supported are {ClipTextFiles.ClassName}, {ClipTextFiles.ProjectedClassName} and {LdmTextFiles.ClassName}."),
        };
    }
}
