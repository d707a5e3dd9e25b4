using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.UNets;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>The input and target of a network in a training step: noisy latents, each row at its own timestep.</summary>
/// <param name="diffusion">The forward process.</param>
/// <param name="prediction">The prediction type.</param>
/// <param name="batch">The latents and labels; still owned by the caller.</param>
/// <param name="steps">Each row's timestep.</param>
/// <param name="noise">Standard normal noise [B, c, h, w]; still owned by the caller.</param>
internal sealed class DenoisingPass(GaussianDiffusion diffusion, Prediction prediction, LatentBatch batch, long[] steps, Tensor noise)
{
    /// <summary>Gets each row's timestep.</summary>
    public long[] Steps => steps;

    /// <summary>Gets the latents and labels.</summary>
    public LatentBatch Batch => batch;

    /// <summary>Runs the network. Gradients flow. The caller disposes the prediction [B, c, h, w].</summary>
    public Tensor Predict(DenoisingNetwork network)
    {
        using var scope = NewDisposeScope();
        var states = diffusion.AddNoise(batch.Latents, steps, noise);
        var times = tensor(Array.ConvertAll(steps, step => (float)step), device: states.device);   // [B]
        return scope.MoveToOuter(network.UNet.Predict(states, times, Conditions(network)));
    }

    /// <summary>Computes the target of the prediction [B, c, h, w]. The caller disposes it.</summary>
    public Tensor Target() => diffusion.Target(prediction, batch.Latents, noise, steps);

    private UNetConditions Conditions(DenoisingNetwork network) => (batch.Labels, network.LabelTokens) switch
    {
        (null, _) => UNetConditions.None,
        ({ } labels, null) => new UNetConditions(Labels: labels),
        ({ } labels, { } tokens) => new UNetConditions(Context: tokens.call(labels).unsqueeze(1)),   // [B, 1, dimension]
    };
}
