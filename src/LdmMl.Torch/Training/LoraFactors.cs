using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Models.UNets.Storage;
using LdmMl.Torch.Training.States;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>
/// The low-rank factors of a U-Net's attention projections while they are trained (Hu et al. 2021, section 4). The network itself has the changed
/// weights, W + alpha / rank * B A, and its backward pass gives their gradients, from which those of A and B follow by the chain rule. So the
/// network that is trained and validated has the very bits of one into which the saved file is merged.
/// </summary>
internal sealed class LoraFactors : IResumable, IDisposable
{
    private static readonly string[] Projections = [".to_q.weight", ".to_k.weight", ".to_v.weight", ".to_out.0.weight"];

    private readonly UNet network;
    private readonly nn.Module[] frozen;
    private readonly ChangedWeight[] sources;
    private readonly LoraPair[] pairs;

    /// <summary>Creates factors that change nothing yet, and freezes the networks.</summary>
    /// <param name="network">The U-Net; still owned by the caller.</param>
    /// <param name="others">Networks that are not trained at all.</param>
    /// <param name="options">The rank and alpha.</param>
    /// <param name="seed">The seed of the random factors A.</param>
    public LoraFactors(UNet network, IEnumerable<nn.Module> others, LoraTrainingOptions options, long seed)
    {
        this.network = network;
        frozen = [network, .. others];
        SetGradients(frozen.SelectMany(part => part.parameters()), wanted: false);
        sources = [.. SourcesOf(network)];
        SetGradients(sources.Select(source => source.Weight), wanted: true);
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Lora.Create(seed);
        using var stored = UNetWeights.ToDiffusers(network.Config, Weights());
        pairs = [.. stored.Where(entry => IsTarget(entry.Key)).Select(entry => new LoraPair(entry.Key, entry.Value, options, generator))];
    }

    /// <summary>Gets the factors, in a fixed order.</summary>
    public IEnumerable<Parameter> Parameters => pairs.SelectMany(pair => pair.Parameters);

    /// <summary>Gets the network's weights that they change, which get the gradients.</summary>
    public IEnumerable<Parameter> ChangedWeights => sources.Select(source => source.Weight);

    /// <summary>Gets the number of changed layers.</summary>
    public int Layers => pairs.Length;

    /// <summary>Returns the width of the widest attention of a U-Net, which always has one in its middle.</summary>
    public static long WidestOf(UNet network) => SourcesOf(network).Max(source => source.Weight.shape[1]);

    /// <summary>Sets the network's weights to those with the present change.</summary>
    public void Merge()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var stored = UNetWeights.ToDiffusers(network.Config, network.state_dict());
        foreach (var pair in pairs)
            pair.MergeInto(stored[pair.Key]);

        // The parts of a joint projection may be copies.
        using var own = UNetWeights.ToCompVis(network.Config, stored);
        foreach (var source in sources)
            source.Weight.copy_(own[source.Key]);
    }

    /// <summary>Frees the gradients of the changed weights.</summary>
    public void ClearGradients()
    {
        foreach (var source in sources)
            source.Weight.grad = null;
    }

    /// <summary>Computes the factors' gradients from those of the changed weights.</summary>
    public void PassGradients()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var gradients = UNetWeights.ToDiffusers(
            network.Config, sources.Select(source => KeyValuePair.Create(source.Key, source.Weight.grad ?? zeros_like(source.Weight))));
        foreach (var pair in pairs)
            pair.TakeGradient(gradients[pair.Key]);
    }

    /// <summary>Creates the file's content from the present factors.</summary>
    public TrainedLora ToLora(LoraTrainingOptions options) => TrainedLora.Of(options, pairs);

    public void Write(TrainingSnapshot snapshot)
    {
        foreach (var pair in pairs)
            pair.Write(snapshot);
    }

    public void Read(TrainingSnapshot snapshot)
    {
        foreach (var pair in pairs)
            pair.Read(snapshot);
    }

    /// <summary>Frees the factors; the network keeps its present weights.</summary>
    public void Dispose()
    {
        ClearGradients();
        SetGradients(frozen.SelectMany(part => part.parameters()), wanted: true);
        foreach (var pair in pairs)
            pair.Dispose();
    }

    private IEnumerable<KeyValuePair<string, Tensor>> Weights() =>
        sources.Select(source => KeyValuePair.Create(source.Key, (Tensor)source.Weight));

    // A joint projection of queries, keys and values is one weight here, and three in the file.
    private static IEnumerable<ChangedWeight> SourcesOf(UNet network)
    {
        foreach (var (key, weight) in network.named_parameters().Where(entry => entry.parameter.dim() >= 2))
        {
            using var stored = UNetWeights.ToDiffusers(network.Config, [KeyValuePair.Create(key, (Tensor)weight)]);
            if (stored.Keys.Any(IsTarget))
                yield return new ChangedWeight(key, weight);
        }
    }

    private static bool IsTarget(string key) => Projections.Any(ending => key.EndsWith(ending, StringComparison.Ordinal));

    private static void SetGradients(IEnumerable<Parameter> weights, bool wanted)
    {
        foreach (var weight in weights)
            weight.requires_grad = wanted;
    }

    private readonly record struct ChangedWeight(string Key, Parameter Weight);
}
