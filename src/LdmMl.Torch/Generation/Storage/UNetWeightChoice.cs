using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.CompVis;
using LdmMl.Torch.Models.UNets;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>Chooses between the trained weights of a CompVis checkpoint's U-Net and their moving averages.</summary>
internal static class UNetWeightChoice
{
    // The averages are keyed by the wrapper around the U-Net.
    private const string Wrapped = "diffusion_model.";

    /// <summary>Returns the weights to load, and which they are.</summary>
    /// <param name="config">The model; the parameters of its U-Net decide whether the set of averages is complete.</param>
    /// <param name="file">The whole checkpoint.</param>
    /// <param name="wanted">The user's choice.</param>
    /// <param name="path">The checkpoint, for messages.</param>
    /// <returns>The weights under the U-Net's own keys; they share memory with the checkpoint and are disposed by the caller.</returns>
    /// <exception cref="CheckpointException">Averages are requested, but the set is not complete.</exception>
    public static (StateDictionary Weights, WeightSource Taken) Choose(
        LatentDiffusionConfig config, StateDictionary file, WeightSource wanted, string path)
    {
        if (wanted == WeightSource.Trained || (wanted == WeightSource.MovingAverageIfComplete && !MovingAverages.Has(file)))
            return (file.Select(CompVisKeys.Network), WeightSource.Trained);

        var names = ParameterNames(config, path);
        using var averages = MovingAverages.Select(file, names);
        if (averages.Count == names.Length)
            return (averages.Select(Wrapped), WeightSource.MovingAverage);
        if (wanted == WeightSource.MovingAverage)
            throw WordedException.Of(Incomplete(names, averages), reason => new CheckpointException(path, reason));
        return (file.Select(CompVisKeys.Network), WeightSource.Trained);
    }

    private static string[] ParameterNames(LatentDiffusionConfig config, string path)
    {
        try
        {
            using var shape = UNetFactory.Build(config.UNet, META);
            return [.. shape.named_parameters().Select(parameter => Wrapped + parameter.name)];
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException(path, error.Message, error);
        }
    }

    private static Wording Incomplete(string[] names, StateDictionary averages)
    {
        var first = names.First(name => !averages.ContainsKey(name));
        return $"it has moving averages of {averages.Count} of the U-Net's {names.Length} parameters (none of '{first}'). "
            + $"Open it with {Wording.ForCode($"{nameof(LatentDiffusionLoadOptions)}.")}{nameof(LatentDiffusionLoadOptions.WeightSource)} "
            + $"{WeightSource.MovingAverageIfComplete} or {WeightSource.Trained}.";
    }
}
