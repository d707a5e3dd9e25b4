namespace LdmMl.Torch.Training;

/// <summary>
/// How well a diffusion model predicts on validation images, with the averaged weights if there are any: always at the same, evenly spread
/// timesteps, with the same noise and with labels.
/// </summary>
/// <param name="Step">The number of steps before it.</param>
/// <param name="Loss">The mean error of the predictions, the same at every timestep (Ho et al. 2020, eq. 14).</param>
public sealed record DiffusionValidation(int Step, double Loss) : ValidationResult(Step)
{
    internal override double Error => Loss;
}
