namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>
/// Lower order in the last of few steps, where multi-step solvers over timesteps are unstable (diffusers <c>lower_order_final</c>).
/// </summary>
internal static class LastSteps
{
    private const int ManySteps = 15;

    /// <summary>Returns the largest order of a step: with few steps the last is of first order, the one before it of second.</summary>
    public static int LargestOrder(SamplingRun run, int index) => run.StepCount < ManySteps ? run.StepCount - index : int.MaxValue;
}
