using LdmMl.Torch.Arguments;
using LdmMl.Torch.Generation;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Initialises a U-Net with the matching weights of another model.</summary>
internal static class StartingWeights
{
    // If not even this matches, any other match is a coincidence, such as the biases of the last layer.
    private const string First = "input_blocks.0.0.weight";

    /// <summary>Copies every weight whose name and shape match; the others are not changed.</summary>
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
                $"the first layer of its U-Net is {given[First].ShapeText()}, and that of the one to train {own[First].ShapeText()}; use a model with the "
                + "same channels, or leave it out", nameof(DiffusionTrainingOptions.InitialModel));
            foreach (var (key, weight) in given.Where(entry => own.TryGetValue(entry.Key, out var target) && target.shape.SequenceEqual(entry.Value.shape)))
                own[key].copy_(weight);
            return true;
        });
    }
}
