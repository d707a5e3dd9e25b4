using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.CompVis;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>Chooses between a checkpoint's trained weights and their moving averages.</summary>
internal static class WeightChoice
{
    /// <summary>Returns the weights to load, and which they are.</summary>
    /// <param name="network">The network; its parameters determine whether the set of averages is complete.</param>
    /// <param name="stored">The checkpoint. Of a whole diffusion model only the first stage is left here, without the averages of the U-Net.</param>
    /// <param name="wanted">The user's choice.</param>
    /// <returns>The weights, which share memory with the checkpoint and are disposed by the caller.</returns>
    /// <exception cref="CheckpointException">Averages are requested, but the set is not complete.</exception>
    public static (StateDictionary Weights, WeightSource Taken) Choose(nn.Module network, AutoencoderCheckpoint stored, WeightSource wanted)
    {
        if (wanted == WeightSource.Trained)
            return (stored.Weights.Rename(key => key), WeightSource.Trained);

        string[] names = [.. network.named_parameters().Select(parameter => parameter.name)];
        using var averages = MovingAverages.Select(stored.Weights, names);
        if (averages.Count == names.Length)
            return (MovingAverages.Overlay(stored.Weights, averages), WeightSource.MovingAverage);
        if (wanted == WeightSource.MovingAverage)
            throw WordedException.Of(Incomplete(names, averages), reason => new CheckpointException(stored.Source, reason));
        return (stored.Weights.Rename(key => key), WeightSource.Trained);
    }

    private static Wording Incomplete(string[] names, StateDictionary averages)
    {
        var first = names.First(name => !averages.ContainsKey(name));
        return $"it has moving averages of {averages.Count} of the autoencoder's {names.Length} parameters (none of '{first}'). "
            + $"Open it with {Wording.ForCode($"{nameof(AutoencoderLoadOptions)}.")}{nameof(AutoencoderLoadOptions.WeightSource)} "
            + $"{WeightSource.MovingAverageIfComplete} or {WeightSource.Trained}.";
    }
}
