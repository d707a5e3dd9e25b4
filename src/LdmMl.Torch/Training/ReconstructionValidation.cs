namespace LdmMl.Torch.Training;

/// <summary>The errors of the validation images' reconstructions through the means of their posteriors.</summary>
/// <param name="Step">The number of steps before it.</param>
/// <param name="MeanAbsoluteError">Mean of |x - y| over all values, as a share of the pixel range: 0 to 1.</param>
/// <param name="Psnr">Mean of the images' PSNR in decibels.</param>
public sealed record ReconstructionValidation(int Step, double MeanAbsoluteError, double Psnr) : ValidationResult(Step)
{
    internal override double Error => MeanAbsoluteError;
}
