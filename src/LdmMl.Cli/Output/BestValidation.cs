using LdmMl.Torch.Training;

namespace LdmMl.Cli.Output;

/// <summary>The best validation so far, by the error that decides which weights are kept.</summary>
internal sealed class BestValidation
{
    private double error = double.PositiveInfinity;

    /// <summary>Gets what it was, and where; null before the first.</summary>
    public string? Text { get; private set; }

    /// <summary>Takes a step into account.</summary>
    public void Consider(TrainingStep step)
    {
        if (step.Validation is not { } validation || !(ErrorOf(validation) < error))
            return;
        error = ErrorOf(validation);
        Text = $"{Describe(validation)} at step {step.Step}";
    }

    /// <summary>Says the figures of a validation.</summary>
    public static string Describe(ValidationResult validation) => validation switch
    {
        ReconstructionValidation result => $"PSNR {result.Psnr:F2} dB, L1 {result.MeanAbsoluteError:F4}",
        DiffusionValidation result => $"loss {result.Loss:F5}",
        _ => "",
    };

    private static double ErrorOf(ValidationResult validation) => validation switch
    {
        ReconstructionValidation result => result.MeanAbsoluteError,
        DiffusionValidation result => result.Loss,
        _ => double.NaN,
    };
}
