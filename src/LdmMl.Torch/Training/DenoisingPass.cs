using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.UNets;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>The input and target of a network in a training step: noisy latents, each row at its own timestep.</summary>
/// <param name="diffusion">The forward process.</param>
/// <param name="prediction">The prediction type.</param>
/// <param name="batch">The latents with labels or captions; still owned by the caller.</param>
/// <param name="steps">Each row's timestep.</param>
/// <param name="noise">Standard normal noise [B, c, h, w]; still owned by the caller.</param>
internal sealed class DenoisingPass(GaussianDiffusion diffusion, Prediction prediction, LatentBatch batch, long[] steps, Tensor noise)
{
    /// <summary>Gets how the networks compute; as in a training, unless it is <see cref="ConvolutionMode.Direct"/>, the default.</summary>
    public ConvolutionMode Convolutions { get; init; } = ConvolutionMode.Direct;

    /// <summary>Gets each row's timestep.</summary>
    public long[] Steps => steps;

    /// <summary>Gets the latents with labels or captions.</summary>
    public LatentBatch Batch => batch;

    /// <summary>Runs the networks. Gradients flow. The caller disposes the prediction [B, c, h, w].</summary>
    public Tensor Predict(DiffusionNetworks networks)
    {
        using var scope = NewDisposeScope();
        using var mode = new ConvolutionScope(Convolutions, trains: true);
        var states = diffusion.AddNoise(batch.Latents, steps, noise);
        var times = tensor(Array.ConvertAll(steps, step => (float)step), device: states.device);   // [B]
        return scope.MoveToOuter(networks.Denoiser.UNet.Predict(states, times, Conditions(networks)));
    }

    /// <summary>Computes the target of the prediction [B, c, h, w]. The caller disposes it.</summary>
    public Tensor Target() => diffusion.Target(prediction, batch.Latents, noise, steps);

    private UNetConditions Conditions(DiffusionNetworks networks) => (batch.Labels, networks.Denoiser.LabelTokens) switch
    {
        (null, _) when batch.Tokens is { } tokens => new UNetConditions(Context: networks.Context(tokens)),
        (null, _) => UNetConditions.None,
        ({ } labels, null) => new UNetConditions(Labels: labels),
        ({ } labels, { } tokens) => new UNetConditions(Context: tokens.call(labels).unsqueeze(1)),   // [B, 1, dimension]
    };
}
