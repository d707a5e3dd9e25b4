using LdmMl.Torch.Diffusion;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>
/// The network of a model as a denoiser, with the conditions and the guidance of a batch; created by
/// <see cref="LatentDiffusionModel.CreateDenoiser"/>, for samplers, inversion and other uses of single predictions. Keeps the
/// model's weights open until it is disposed.
/// </summary>
/// <remarks>No gradients flow through it. States are [B, c, h, w] on the model's device, with as many rows as the batch has seeds.</remarks>
/// <example>
/// Running a sampler by hand:
/// <code>
/// var batch = new GenerationBatch { Seeds = [1, 2] };
/// var sampling = new SamplingSettings { Sampler = new DpmSolverPlusPlus2MSampler(), Steps = 20 };
/// var plan = sampling.CreatePlan(new NoiseSchedule(model.Config.Schedule));
/// using var denoiser = model.CreateDenoiser(batch);
/// using var noise = new RowNoise(batch.Seeds);
/// using var shape = zeros(2, model.Config.UNet.OutputChannels, model.Config.LatentHeight, model.Config.LatentWidth);
/// using var drawn = noise.Draw(shape);
/// using var first = plan.FirstState(drawn);
/// using var latents = sampling.Sampler.Sample(denoiser, first, plan, new SamplingOptions { Noise = noise });
/// using var pictures = model.Autoencoder.Decode(latents);
/// </code>
/// </example>
public sealed class ModelDenoiser : IDenoiser, IDisposable
{
    private readonly LatentDiffusionModel model;
    private readonly RowConditions conditions;
    private readonly IDenoiser denoiser;

    /// <param name="model">A handle that it owns.</param>
    /// <param name="conditions">The conditions; it owns them too.</param>
    /// <param name="denoiser">The network with the conditions.</param>
    internal ModelDenoiser(LatentDiffusionModel model, RowConditions conditions, IDenoiser denoiser) =>
        (this.model, this.conditions, this.denoiser) = (model, conditions, denoiser);

    /// <inheritdoc/>
    /// <exception cref="Models.NonFiniteException">A prediction is not finite; the message names the module that first produced it.</exception>
    public Denoised Denoise(Tensor state, NoiseLevel level)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var noGradient = no_grad();
        return model.Hold(() => denoiser.Denoise(state, level));
    }

    /// <inheritdoc/>
    /// <exception cref="Models.NonFiniteException">A prediction is not finite; the message names the module that first produced it.</exception>
    public Denoised Denoise(Tensor state, IReadOnlyList<NoiseLevel> levels)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(levels);
        using var noGradient = no_grad();
        return model.Hold(() => denoiser.Denoise(state, levels));
    }

    /// <summary>Disposes the conditions and the handle to the model.</summary>
    public void Dispose()
    {
        conditions.Dispose();
        model.Dispose();
    }
}
