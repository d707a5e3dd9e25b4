using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Training;

/// <summary>The learning rate of every step of a training: a linear warm-up to the peak, then constant, or a decay to 0 at the last step.</summary>
/// <example>
/// <code>
/// var rates = new LearningRateSchedule(peak: 1e-3, steps: 1000, warmupSteps: 100, LearningRateDecay.Cosine);
/// for (var step = 1; step &lt;= rates.Steps; step += 100)
///     Console.WriteLine($"step {step}: {rates.At(step)}");
/// </code>
/// </example>
public sealed class LearningRateSchedule
{
    /// <summary>Initializes a new instance of the <see cref="LearningRateSchedule"/> class.</summary>
    /// <param name="peak">The largest rate, above 0.</param>
    /// <param name="steps">The number of steps, at least 1.</param>
    /// <param name="warmupSteps">The number of initial steps over which the rate rises linearly to the peak, at least 0.</param>
    /// <param name="decay">How the rate changes after that.</param>
    /// <exception cref="OptionException">A number is outside its range.</exception>
    public LearningRateSchedule(double peak, int steps, int warmupSteps = 0, LearningRateDecay decay = LearningRateDecay.None)
    {
        Check.Above(peak, 0);
        Check.AtLeast(steps, 1);
        Check.AtLeast(warmupSteps, 0);
        Check.Defined(decay);
        (Peak, Steps, WarmupSteps, Decay) = (peak, steps, warmupSteps, decay);
    }

    /// <summary>Gets the largest rate.</summary>
    public double Peak { get; }

    /// <summary>Gets the number of steps.</summary>
    public int Steps { get; }

    /// <summary>Gets the number of steps over which the rate rises.</summary>
    public int WarmupSteps { get; }

    /// <summary>Gets how the rate changes after the warm-up.</summary>
    public LearningRateDecay Decay { get; }

    /// <summary>Computes the rate of a step.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <returns>The rate, above 0 and at most <see cref="Peak"/>, for steps up to <see cref="Steps"/>.</returns>
    public double At(int step)
    {
        if (step <= WarmupSteps)
            return Peak * step / WarmupSteps;
        if (Decay == LearningRateDecay.None)
            return Peak;
        var done = (double)(step - WarmupSteps - 1) / Math.Max(1, Steps - WarmupSteps);
        return Decay == LearningRateDecay.Cosine ? Peak * 0.5 * (1 + Math.Cos(Math.PI * done)) : Peak * (1 - done);
    }
}
