using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Finds where a training step first went wrong, by running it a second time and looking at every module.</summary>
internal static class DivergenceSearch
{
    private const string Advice = "Lower the learning rate, add a warm-up, or clip gradients.";

    /// <summary>Explains a loss that is not finite.</summary>
    public static TrainingDivergedException InForward(int step, nn.Module network, Tensor images, Tensor noise, IReadOnlyList<LossValue> terms)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (!images.isfinite().all().item<bool>())
            return new TrainingDivergedException(step, module: null, "an image of the batch holds NaN or infinity; look at where the images come from.");

        var module = NonFiniteSearch.FirstNonFinite(network, () => TrainingForward.Run(network, images, noise).Dispose());
        if (module is not null)
            return new TrainingDivergedException(step, module, $"the module '{module}' was the first to give NaN or infinity. {Advice}");
        var term = terms.FirstOrDefault(term => !double.IsFinite(term.Value)).Name ?? "sum";
        return new TrainingDivergedException(step, module: null, $"the network's output is finite, but the loss term '{term}' is not. {Advice}");
    }

    /// <summary>Explains a gradient that is not finite although the loss is.</summary>
    public static TrainingDivergedException InBackward(int step, nn.Module network)
    {
        using var scope = NewDisposeScope();

        // Gradients flow from the end to the start, so the last bad parameter came first.
        var name = network.named_parameters().Last(entry => entry.parameter.grad is { } gradient && !gradient.isfinite().all().item<bool>()).name;
        var module = name[..name.LastIndexOf('.')];
        return new TrainingDivergedException(step, module, $"the loss is finite, but the gradient of '{name}' is not. {Advice}");
    }
}
