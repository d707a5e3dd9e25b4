using LdmMl.Torch.Arguments;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Starts a U-Net from the weights of another model, as far as they fit.</summary>
internal static class StartingWeights
{
    // Where not even this fits, whatever else does is chance: the biases of the last layer, say.
    private const string First = "input_blocks.0.0.weight";

    /// <summary>Copies every weight whose name and shape both networks have; the others stay as they are.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="initial">The model whose weights are copied.</param>
    /// <exception cref="OptionException">The first layers differ.</exception>
    public static void Copy(LatentDiffusionModel model, LatentDiffusionModel initial)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var own = model.Network.state_dict();
        initial.Hold(() =>
        {
            var given = initial.Network.state_dict();
            Check.That(
                own[First].shape.SequenceEqual(given[First].shape), initial.Source,
                $"the first layer of its U-Net is {given[First].ShapeText()}, and that of the one to train {own[First].ShapeText()}; take a model of the "
                + "same channels, or leave it out", nameof(DiffusionTrainingOptions.InitialModel));
            foreach (var (key, weight) in given.Where(entry => own.TryGetValue(entry.Key, out var target) && target.shape.SequenceEqual(entry.Value.shape)))
                own[key].copy_(weight);
            return true;
        });
    }
}
