using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.CompVis;
using LdmMl.Torch.Layers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Autoencoders.Storage;

/// <summary>An autoencoder as read from files: its shape, and its weights under this library's keys, which are CompVis' and TAESD's.</summary>
/// <param name="Config">Its shape.</param>
/// <param name="Weights">Its weights; owned by this object.</param>
/// <param name="Source">The file or folder, for messages.</param>
internal sealed record AutoencoderCheckpoint(AutoencoderConfig Config, StateDictionary Weights, string Source) : IDisposable
{
    /// <summary>Builds the network and loads its weights.</summary>
    /// <param name="wanted">The set of weights to load.</param>
    /// <returns>The network, on the CPU in float32, and the load report.</returns>
    /// <exception cref="CheckpointException">No network can be built from the config, or the weights do not match it.</exception>
    public (nn.Module Network, LoadReport Report) Load(WeightSource wanted)
    {
        var module = Build();
        try
        {
            using var averages = MovingAverages.Find(
                Weights, () => [.. module.named_parameters().Select(parameter => parameter.name)], wanted, "autoencoder", Source);
            using var averaged = averages is null ? null : MovingAverages.Overlay(Weights, averages);
            var report = ModuleWeights.TakeOver(module, averaged ?? Weights, Source, CompVisKeys.Loss, CompVisKeys.MovingAverage, "colorize");
            return (module, report with { WeightSource = averages is null ? WeightSource.Trained : WeightSource.MovingAverage });
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    public void Dispose() => Weights.Dispose();

    private nn.Module Build()
    {
        using var replaced = InitialValues.Skip();
        try
        {
            return NetworkFactory.Build(Config);
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException(Source, error.Message, error);
        }
    }
}
