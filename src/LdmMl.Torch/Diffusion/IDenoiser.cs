using static TorchSharp.torch;

namespace LdmMl.Torch.Diffusion;

/// <summary>Estimates image and noise of a noisy state: the interface between samplers and networks.</summary>
public interface IDenoiser
{
    /// <summary>Estimates x_0 and epsilon of a state.</summary>
    /// <param name="state">x = alpha x_0 + sigma epsilon, [B, c, h, w]; still owned by the caller.</param>
    /// <param name="level">alpha and sigma.</param>
    /// <returns>The estimates of x_0 and epsilon. The caller disposes them.</returns>
    Denoised Denoise(Tensor state, NoiseLevel level);

    /// <summary>
    /// Estimates x_0 and epsilon of rows at different noise levels, for samplers whose rows take different steps
    /// (<see cref="Samplers.DpmAdaptiveSampler"/>). The default implementation denoises the batch once for each level.
    /// </summary>
    /// <param name="state">x = alpha x_0 + sigma epsilon, [B, c, h, w]; still owned by the caller.</param>
    /// <param name="levels">alpha and sigma of each row, B in all.</param>
    /// <returns>The estimates of x_0 and epsilon. The caller disposes them.</returns>
    Denoised Denoise(Tensor state, IReadOnlyList<NoiseLevel> levels)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(levels);
        using var scope = NewDisposeScope();
        var (starts, epsilons) = (new Tensor[levels.Count], new Tensor[levels.Count]);
        foreach (var level in levels.Distinct())
        {
            var denoised = Denoise(state, level);
            for (var row = 0; row < levels.Count; row++)
            {
                if (levels[row] == level)
                    (starts[row], epsilons[row]) = (denoised.Start.narrow(0, row, 1), denoised.Epsilon.narrow(0, row, 1));
            }
        }

        return new Denoised(scope.MoveToOuter(cat(starts)), scope.MoveToOuter(cat(epsilons)));
    }
}
