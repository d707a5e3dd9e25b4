using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Sharing;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Finds the first module that is not finite in a training step, by running the step a second time.</summary>
internal static class DivergenceSearch
{
    private const string Advice = "Lower the learning rate, add a warm-up, or clip gradients.";
    private const string AdversarialAdvice = "Lower the discriminator's learning rate, let it start later, or clip its gradients.";
    private const string Discriminator = "discriminator";

    /// <summary>Explains a loss that is not finite.</summary>
    /// <param name="step">The step that failed.</param>
    /// <param name="network">The autoencoder.</param>
    /// <param name="pass">The batch and its reconstructions.</param>
    /// <param name="again">Runs the network on the batch once more.</param>
    /// <param name="terms">The terms of the loss.</param>
    /// <param name="discriminator">The discriminator; null for none.</param>
    public static TrainingDivergedException InForward(
        int step, nn.Module network, AutoencoderPass pass, Func<AutoencoderPass> again, IReadOnlyList<LossValue> terms,
        nn.Module<Tensor, Tensor>? discriminator)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (!pass.Images.isfinite().all().Read<bool>())
        {
            return new TrainingDivergedException(
                step, module: null, "an image of the batch contains NaN or infinity; check the source of the images.");
        }

        var module = NonFiniteSearch.FirstNonFinite(network, () => again().Dispose());
        if (module is not null)
            return new TrainingDivergedException(step, module, $"the module '{module}' was the first to output NaN or infinity. {Advice}");
        var term = terms.FirstOrDefault(term => !double.IsFinite(term.Value * term.Weight)).Name ?? "sum";
        return term == "adversarial" && discriminator is not null
            ? InDiscriminator(step, discriminator, pass.Images, pass.Reconstructions)
            : new TrainingDivergedException(step, module: null, $"the network's output is finite, but the loss term '{term}' is not. {Advice}");
    }

    /// <summary>Explains a diffusion loss that is not finite.</summary>
    public static TrainingDivergedException InDenoising(int step, DiffusionNetworks networks, DenoisingPass pass)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (!pass.Batch.Latents.isfinite().all().Read<bool>())
        {
            return new TrainingDivergedException(
                step, module: null, "a latent of the batch is NaN or infinite; check the autoencoder and the images.");
        }

        var module = (networks.Text is { } text ? NonFiniteSearch.FirstNonFinite(text, () => pass.Predict(networks)) : null)
            ?? NonFiniteSearch.FirstNonFinite(networks.Denoiser, () => pass.Predict(networks));
        return module is not null
            ? new TrainingDivergedException(step, module, $"the module '{module}' was the first to output NaN or infinity. {Advice}")
            : new TrainingDivergedException(step, module: null, $"the network's output is finite, but the loss is not. {Advice}");
    }

    /// <summary>
    /// Explains a gradient that is not finite although the loss is. The U-Net comes first, because the gradients of the text encoder pass through it.
    /// </summary>
    public static TrainingDivergedException InBackward(int step, DiffusionNetworks networks) =>
        InBackward(step, networks.Text is { } text && !HasBadGradient(networks.Denoiser) ? text : networks.Denoiser);

    /// <summary>Explains a gradient that is not finite although the loss is.</summary>
    public static TrainingDivergedException InBackward(int step, nn.Module network) => InBackward(step, network, prefix: "", Advice);

    /// <summary>Explains a discriminator whose output is not finite although its input is.</summary>
    public static TrainingDivergedException InDiscriminator(int step, nn.Module<Tensor, Tensor> discriminator, Tensor images, Tensor reconstructions)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var module = NonFiniteSearch.FirstNonFinite(discriminator, () =>
        {
            discriminator.call(images);
            discriminator.call(reconstructions);
        });
        return module is null
            ? new TrainingDivergedException(
                step, Discriminator, $"the discriminator's output is finite, but its loss or its weight is not. {AdversarialAdvice}")
            : new TrainingDivergedException(
                step, $"{Discriminator}.{module}",
                $"the discriminator's module '{module}' was the first to output NaN or infinity. {AdversarialAdvice}");
    }

    /// <summary>Explains a discriminator's gradient that is not finite although its loss is.</summary>
    public static TrainingDivergedException InDiscriminatorBackward(int step, nn.Module discriminator) =>
        InBackward(step, discriminator, Discriminator + ".", AdversarialAdvice);

    private static TrainingDivergedException InBackward(int step, nn.Module network, string prefix, string advice)
    {
        using var scope = NewDisposeScope();

        // Gradients flow backwards, so the last bad parameter was the first to fail.
        var bad = network.named_parameters().Where(entry => IsBad(entry.parameter)).Select(entry => entry.name);
        if (bad.LastOrDefault() is not { } name)
            return new TrainingDivergedException(step, module: null, $"the loss is finite, but the norm of the gradients is not. {advice}");
        var module = prefix + name[..name.LastIndexOf('.')];
        return new TrainingDivergedException(step, module, $"the loss is finite, but the gradient of '{prefix}{name}' is not. {advice}");
    }

    private static bool HasBadGradient(nn.Module network)
    {
        using var scope = NewDisposeScope();
        return network.parameters().Any(IsBad);
    }

    private static bool IsBad(Parameter parameter) => parameter.grad is { } gradient && !gradient.isfinite().all().Read<bool>();
}
