using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Distributed;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Torch.Training.States;

/// <summary>What must be the same for a training to resume from a state, as readable JSON.</summary>
internal static class TrainingSetup
{
    /// <summary>The name of the content hash of the training data.</summary>
    public const string Data = "Images";

    private const int MostListed = 4;

    // These do not affect the training up to the last step.
    private static readonly string[] Free =
    [
        nameof(TrainingOptions.Epochs), nameof(TrainingOptions.Steps), nameof(TrainingOptions.ValidationInterval),
        nameof(TrainingOptions.StateFolder), nameof(TrainingOptions.SaveInterval), nameof(TrainingOptions.SavePeriod),
        nameof(TrainingOptions.Resume), nameof(TrainingOptions.HistoryInterval), nameof(TrainingOptions.PreviewInterval),
        nameof(TrainingOptions.Processes), nameof(TrainingOptions.ReaderThreads),
        nameof(DiffusionTrainingOptions.MaximumLatentBytes), nameof(DiffusionTrainingOptions.LatentFolder),
        nameof(DiffusionTrainingOptions.MaximumLatentFolderBytes),
    ];

    /// <summary>Describes the options of a training.</summary>
    /// <param name="options">The options.</param>
    /// <param name="steps">The number of steps.</param>
    public static JsonObject Describe(TrainingOptions options, int steps)
    {
        var chosen = ToNode(options).AsObject();
        foreach (var name in Free)
            chosen.Remove(name);
        chosen[nameof(options.WarmupSteps)] = options.WarmupFor(steps);
        if (options.KeepBest || options.Patience is not null)
            chosen[nameof(options.ValidationInterval)] = options.ValidationInterval;
        if (options.Decay != LearningRateDecay.None)
            chosen[nameof(options.Steps)] = steps;               // which determines the rate of every step
        return new JsonObject { ["Options"] = chosen };
    }

    /// <summary>Describes the training of a kind of autoencoder.</summary>
    public static JsonObject Describe(AutoencoderTrainingOptions options, AutoencoderConfig network, int steps)
    {
        var setup = Describe(options, steps);
        if (options.Adversarial is { StartStep: null })
            setup["Options"]!["Adversarial"]![nameof(AdversarialTrainingOptions.StartStep)] = steps / 3;
        setup["Network"] = ToNode(network);
        setup["PerceptualModel"] = options.PerceptualModel?.Fingerprint;
        return setup;
    }

    /// <summary>Writes options, a network's shape or a list of names as JSON.</summary>
    public static JsonNode ToNode(object value) => JsonSerializer.SerializeToNode(value, value.GetType(), SetupJson.Default)!;

    /// <summary>Compares a training with the one that saved a state.</summary>
    /// <param name="folder">The state's folder, for messages.</param>
    /// <param name="stored">The setup in the state.</param>
    /// <param name="present">The setup of the resuming training.</param>
    /// <exception cref="CheckpointException">They differ; the message names the differences.</exception>
    public static void RequireSame(string folder, JsonObject stored, JsonObject present)
    {
        // States from before there was a choice are of trainings that libtorch computed.
        if (stored["Options"] is JsonObject options && !options.ContainsKey(nameof(TrainingOptions.Convolutions)))
            options[nameof(TrainingOptions.Convolutions)] = nameof(ConvolutionMode.Direct);
        if (Differences(stored, present, "was", "now it is") is { } differences)
        {
            throw WordedException.Of(
                $"it is the state of another training: {differences}. Use the options and data that it was started with, or another folder.",
                reason => new CheckpointException(folder, reason));
        }
    }

    /// <summary>Compares the trainings of processes that share steps.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="present">The setup of this one.</param>
    /// <exception cref="InvalidOperationException">They differ; the message names the differences.</exception>
    public static void RequireSame(IProcesses processes, JsonObject present)
    {
        var setups = processes.Gather(Encoding.UTF8.GetBytes(present.ToJsonString()))
            .Select(message => JsonNode.Parse(Encoding.UTF8.GetString(message))!.AsObject()).ToArray();
        for (var rank = 1; rank < setups.Length; rank++)
        {
            if (Differences(setups[0], setups[rank], "is", "there it is") is { } differences)
            {
                throw WordedException.Of(
                    $"process {rank} does another training than process 0: here {differences}. Give all processes the same options and data.",
                    message => new InvalidOperationException(message));
            }
        }
    }

    private static Wording? Differences(JsonObject first, JsonObject second, string was, string isNow)
    {
        var (before, now) = (Leaves(first), Leaves(second));
        var different = before.Keys.Union(now.Keys)
            .Where(path => before.GetValueOrDefault(path) != now.GetValueOrDefault(path))
            .Select(path => Wording.Of(
                $"{Wording.Member(path)} {was} {before.GetValueOrDefault(path, "absent")}, {isNow} {now.GetValueOrDefault(path, "absent")}"))
            .ToArray();
        if (different.Length == 0)
            return null;
        var more = different.Length > MostListed ? $"; and {different.Length - MostListed} more" : "";
        return Wording.Of($"{Wording.Join("; ", different.Take(MostListed))}{more}");
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
