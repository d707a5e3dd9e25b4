using System.Globalization;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;

namespace LdmMl.Torch.Models.Perceptual.Storage;

/// <summary>Identifies a trunk by its keys, which are torchvision's.</summary>
internal static class TrunkKeys
{
    /// <summary>The prefix of the layers after the trunk, which perceptual distances do not need.</summary>
    public const string Classifier = "classifier.";

    private const string Features = "features.";
    private const string First = "features.0.weight";

    /// <summary>Determines which network the weights belong to; whether all keys are present is checked when they are loaded.</summary>
    /// <exception cref="CheckpointException">They belong to no known network.</exception>
    public static PerceptualTrunkConfig Identify(StateDictionary weights, string source)
    {
        if (!weights.TryGetValue(First, out var first))
            throw new CheckpointException(source, $"it has no '{First}', with which a trunk under torchvision's keys begins; its first key is '{weights.Keys.FirstOrDefault()}'.");
        if (weights.Keys.Any(key => key.EndsWith(".squeeze.weight", StringComparison.Ordinal)))
            return PerceptualTrunkConfig.SqueezeNet;
        if (weights.Keys.Any(key => key.EndsWith(".conv1.weight", StringComparison.Ordinal)))
            return ReadResidual(weights, source);
        if (first.dim() == 4 && first.shape[2] == 11)
            return PerceptualTrunkConfig.AlexNet;
        return PerceptualTrunkConfig.Vgg(ReadPlan(weights, source));
    }

    public static bool HasNameOfItsOwn(PerceptualTrunkConfig trunk) =>
        trunk == PerceptualTrunkConfig.Vgg16 || trunk == PerceptualTrunkConfig.AlexNet || trunk == PerceptualTrunkConfig.SqueezeNet;

    // Between two convolutions of a stage is a ReLU, between stages also a pool: indices rise by 2 or by 3.
    private static List<List<int>> ReadPlan(StateDictionary weights, string source)
    {
        var plan = new List<List<int>>();
        var before = -3;
        foreach (var (index, key) in Convolutions(weights).OrderBy(pair => pair.Index))
        {
            if (weights[key].dim() != 4 || index - before is not (2 or 3))
                throw new CheckpointException(source, $"'{key}' does not fit a network in VGG's style, whose convolutions are 2 (ReLU between) or 3 (ReLU and pool) indices apart. Networks with batch normalisation are not supported.");
            if (index - before == 3)
                plan.Add([]);
            plan[^1].Add((int)weights[key].shape[0]);
            before = index;
        }

        return plan;
    }

    // Blocks are numbered from 3, after the first convolution, its ReLU and the pool; one with a convolution in its shortcut begins a stage.
    private static PerceptualTrunkConfig ReadResidual(StateDictionary weights, string source)
    {
        var stages = new List<(int Channels, int Blocks)>();
        for (var index = 3; weights.TryGetValue(Block(index, "conv1"), out var weight); index++)
        {
            if (weight.dim() != 4)
                throw new CheckpointException(source, $"'{Block(index, "conv1")}' is {weight.ShapeText()}; it must be the kernel of a convolution.");
            if (stages.Count == 0 || weights.ContainsKey(Block(index, "downsample")))
                stages.Add(((int)weight.shape[0], 1));
            else
                stages[^1] = (stages[^1].Channels, stages[^1].Blocks + 1);
        }

        if (stages.Count == 0)
            throw new CheckpointException(source, $"it has no '{Block(3, "conv1")}', with which the blocks of a residual network begin.");
        return PerceptualTrunkConfig.Residual((int)weights[First].shape[0], stages);

        static string Block(int index, string part) => string.Create(CultureInfo.InvariantCulture, $"{Features}{index}.{part}.weight");
    }

    private static IEnumerable<(int Index, string Key)> Convolutions(StateDictionary weights)
    {
        foreach (var key in weights.Keys)
        {
            if (key.StartsWith(Features, StringComparison.Ordinal) && key.Split('.') is [_, var number, "weight"]
                && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                yield return (index, key);
            }
        }
    }
}
