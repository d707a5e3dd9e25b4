namespace LdmMl.Torch.Training;

/// <summary>The learning rate of every step: a linear warm-up, then constant or a cosine.</summary>
internal sealed class LearningRateSchedule(double peak, int warmupSteps, LearningRateDecay decay, int steps)
{
    /// <summary>Computes the rate of a step, counted from 1.</summary>
    public double At(int step)
    {
        if (step <= warmupSteps)
            return peak * step / warmupSteps;
        if (decay == LearningRateDecay.None)
            return peak;
        var done = (double)(step - warmupSteps - 1) / Math.Max(1, steps - warmupSteps);
        return peak * 0.5 * (1 + Math.Cos(Math.PI * done));
    }
}
