using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Generation;

namespace LdmMl.Torch.Training.States;

/// <summary>What must be the same for a training to go on from a state, as JSON that a person can read.</summary>
internal static class TrainingSetup
{
    /// <summary>The name of what tells the images and their labels from all others.</summary>
    public const string Images = "Images";

    private const int MostListed = 4;

    // These change nothing of what is learnt until the last step.
    private static readonly string[] Free =
    [
        nameof(DiffusionTrainingOptions.Epochs), nameof(DiffusionTrainingOptions.Steps), nameof(DiffusionTrainingOptions.ValidationInterval),
        nameof(DiffusionTrainingOptions.Sampling), nameof(DiffusionTrainingOptions.MaximumLatentBytes), nameof(DiffusionTrainingOptions.StateFolder),
        nameof(DiffusionTrainingOptions.SaveInterval), nameof(DiffusionTrainingOptions.Resume),
    ];

    private static readonly JsonSerializerOptions Options = new()
    {
        Converters = { new JsonStringEnumConverter() }, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Describes a training: its options, the labels and the first stage. The images come later.</summary>
    /// <param name="options">The options.</param>
    /// <param name="config">The model.</param>
    /// <param name="autoencoderHash">What tells the first stage's weights from all others.</param>
    /// <param name="steps">How many steps it will be.</param>
    public static JsonObject Describe(DiffusionTrainingOptions options, LatentDiffusionConfig config, string autoencoderHash, int steps)
    {
        var chosen = JsonSerializer.SerializeToNode(options, Options)!.AsObject();
        foreach (var name in Free)
            chosen.Remove(name);
        if (options.Decay != LearningRateDecay.None)
            chosen[nameof(options.Steps)] = steps;               // on which the rate of every step depends
        return new JsonObject
        {
            ["Options"] = chosen,
            ["UNet"] = JsonSerializer.SerializeToNode(config.UNet, Options),
            ["LatentSize"] = $"{config.LatentWidth}x{config.LatentHeight}",
            ["Labels"] = config.Conditioning is LabelConditioning labels ? JsonSerializer.SerializeToNode(labels.Names, Options) : null,
            ["Autoencoder"] = autoencoderHash,
        };
    }

    /// <summary>Compares a training with the one that left a state.</summary>
    /// <param name="folder">The state's folder, for messages.</param>
    /// <param name="stored">What the state says.</param>
    /// <param name="present">What is to go on.</param>
    /// <exception cref="CheckpointException">They differ; the message says in what.</exception>
    public static void RequireSame(string folder, JsonObject stored, JsonObject present)
    {
        var (before, now) = (Leaves(stored), Leaves(present));
        var different = before.Keys.Union(now.Keys)
            .Where(path => before.GetValueOrDefault(path) != now.GetValueOrDefault(path))
            .Select(path => $"{path} was {before.GetValueOrDefault(path, "not there")}, now it is {now.GetValueOrDefault(path, "not there")}")
            .ToArray();
        if (different.Length == 0)
            return;
        var more = different.Length > MostListed ? $"; and {different.Length - MostListed} more" : "";
        throw new CheckpointException(
            folder,
            $"it is the state of another training: {string.Join("; ", different.Take(MostListed))}{more}. " +
            "Take what it was begun with, or another folder.");
    }

    private static Dictionary<string, string> Leaves(JsonNode node)
    {
        var leaves = new Dictionary<string, string>(StringComparer.Ordinal);
        Collect(node, "");
        return leaves;

        void Collect(JsonNode? part, string path)
        {
            if (part is JsonObject group)
            {
                foreach (var (name, value) in group)
                    Collect(value, path.Length == 0 ? name : $"{path}.{name}");
            }
            else
            {
                leaves[path] = part?.ToJsonString() ?? "null";
            }
        }
    }
}
