using LdmMl.Torch.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Features.Inception;

/// <summary>
/// Reads the published weights: each convolution (<c>X.conv.weight</c>) with its batch normalisation (<c>X.bn.*</c>), and the classifier
/// (<c>fc.*</c>), which is not needed for features. The normalisations are folded into the convolutions in float64.
/// </summary>
internal static class InceptionWeights
{
    private const double NormalizationEpsilon = 0.001;   // as in TensorFlow's network
    private const int Classes = 1008;                    // of TensorFlow's ImageNet labels; torchvision's own weights have 1000

    private static readonly string[] Statistics = ["bias", "running_mean", "running_var", "weight"];

    /// <summary>Gets every key of the published file, with its shape.</summary>
    public static IEnumerable<(string Key, long[] Shape)> PublishedKeys(InceptionNetwork network)
    {
        foreach (var (key, weight) in network.state_dict().Where(pair => pair.Key.EndsWith(".weight", StringComparison.Ordinal)))
        {
            var unit = key[..^".weight".Length];
            yield return ($"{unit}.conv.weight", weight.shape);
            foreach (var statistic in Statistics)
                yield return ($"{unit}.bn.{statistic}", [weight.shape[0]]);
        }

        yield return ("fc.weight", [Classes, InceptionNetwork.Dimensions]);
        yield return ("fc.bias", [Classes]);
    }

    /// <summary>Checks that the weights are those of the published network, and copies them, folded, into a network.</summary>
    /// <exception cref="CheckpointException">Keys or shapes are not the published ones.</exception>
    public static LoadReport Load(InceptionNetwork network, StateDictionary published, string source)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var report = Check(network, published, source);
        var targets = network.state_dict();
        foreach (var (key, target) in targets.Where(pair => pair.Key.EndsWith(".weight", StringComparison.Ordinal)))
        {
            var unit = key[..^".weight".Length];
            Tensor Read(string name) => published[$"{unit}.{name}"].to(ScalarType.Float64);

            // gamma * (w * x - mean) / deviation + beta: the factor goes into w and the rest into the bias.
            var factor = Read("bn.weight") / (Read("bn.running_var") + Real(NormalizationEpsilon)).sqrt();
            target.copy_(Read("conv.weight") * factor.reshape(-1, 1, 1, 1));
            targets[$"{unit}.bias"].copy_(Read("bn.bias") - Read("bn.running_mean") * factor);
        }

        return report;
    }

    private static LoadReport Check(InceptionNetwork network, StateDictionary published, string source)
    {
        if (published.Keys.Any(key => key.StartsWith("AuxLogits.", StringComparison.Ordinal))
            || (published.TryGetValue("fc.bias", out var classes) && classes.numel() == 1000))
        {
            throw new CheckpointException(
                source, "these are the weights of torchvision's Inception classifier; distances of its features are not FIDs. Give pt_inception-2015-12-05-6726825d.pth.");
        }

        var expected = PublishedKeys(network).ToDictionary(entry => entry.Key, entry => zeros(entry.Shape, device: META));
        return ModuleWeights.Check(expected, published, source);
    }
}
