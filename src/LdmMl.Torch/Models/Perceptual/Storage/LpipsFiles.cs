using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Perceptual.Storage;

/// <summary>Combines the two files of LPIPS under this library's keys, which are theirs.</summary>
internal static class LpipsFiles
{
    private const string WithDropout = ".model.1.weight", WithoutDropout = ".model.0.weight", Scaling = "scaling_layer.";

    /// <exception cref="CheckpointException">LPIPS has no heads for this trunk, or the second file has none.</exception>
    public static StateDictionary Combine(PerceptualTrunkConfig trunk, StateDictionary trunkWeights, string backbone, StateDictionary headWeights, string heads)
    {
        if (!TrunkKeys.HasNameOfItsOwn(trunk))
        {
            throw WordedException.Of(
                $"its network ({trunk.Name}) is none for which LPIPS has heads: VGG-16, AlexNet or SqueezeNet 1.1. Open it without heads"
                + $"{Wording.ForCode($", with {nameof(PerceptualModel)}.{nameof(PerceptualModel.LoadUncalibrated)}")}.",
                reason => new CheckpointException(backbone, reason));
        }

        using var renamed = CheckpointErrors.Translate(heads, () => RenameHeads(headWeights));
        var result = new StateDictionary();
        foreach (var (key, tensor) in trunkWeights.Concat(renamed))
        {
            if (result.ContainsKey(key))
            {
                result.Dispose();
                throw new CheckpointException(heads, $"its key '{key}' is also in '{backbone}'.");
            }

            result.Add(key, tensor.alias());
        }

        return result;
    }

    // Dropout comes before the convolution of a published head; a head trained without it has the same convolution at index 0.
    private static StateDictionary RenameHeads(StateDictionary heads)
    {
        if (!heads.Keys.Any(key => key.StartsWith("lin0.", StringComparison.Ordinal)))
            throw new InvalidDataException($"it holds no heads of LPIPS ('lin0{WithDropout}' ...); its first key is '{heads.Keys.FirstOrDefault()}'.");
        return heads.Rename(key =>
            key.StartsWith(Scaling, StringComparison.Ordinal) ? null
            : key.EndsWith(WithoutDropout, StringComparison.Ordinal) ? key.Replace(WithoutDropout, WithDropout, StringComparison.Ordinal)
            : key);
    }
}
