using LdmMl.Torch.Training.States;
using TorchSharp.Modules;

namespace LdmMl.Torch.Training;

/// <summary>Parameters, Adam with decoupled weight decay that moves them, and the rate at which it does.</summary>
internal sealed class ScheduledOptimizer : IResumable, IDisposable
{
    private readonly Parameter[] parameters;
    private readonly OptimizerSettings settings;
    private readonly LearningRateSchedule schedule;
    private readonly AdamMoments[] moments;
    private double gradientFactor = 1;

    /// <summary>Makes the optimiser.</summary>
    /// <param name="weights">What it moves.</param>
    /// <param name="scale">A further parameter that does not decay; null for none.</param>
    /// <param name="settings">How it moves them.</param>
    /// <param name="schedule">How fast, step by step.</param>
    public ScheduledOptimizer(IEnumerable<Parameter> weights, Parameter? scale, OptimizerSettings settings, LearningRateSchedule schedule)
    {
        this.settings = settings;
        this.schedule = schedule;
        var decaying = weights.ToArray();
        parameters = scale is null ? decaying : [.. decaying, scale];
        moments = [.. parameters.Select(parameter => new AdamMoments(parameter, ReferenceEquals(parameter, scale) ? 0 : settings.WeightDecay))];
    }

    /// <summary>Gets how many times it has moved the parameters.</summary>
    public int Steps { get; private set; }

    /// <summary>Frees the gradients; a backward pass makes new ones.</summary>
    public void ClearGradients()
    {
        foreach (var parameter in parameters)
            parameter.grad = null;
    }

    /// <summary>Decides by how much <see cref="Step"/> scales the gradients down, so that their norm is the largest that is allowed.</summary>
    /// <returns>Their norm as it is; not finite where a gradient is not.</returns>
    public double Clip()
    {
        var norm = GradientNorms.Of(parameters);
        gradientFactor = settings.ClipNorm is { } limit && norm > limit ? limit / norm : 1;
        return norm;
    }

    /// <summary>Moves the parameters along their gradients.</summary>
    /// <param name="step">The step of the training, from 1, which decides the rate.</param>
    /// <returns>The learning rate.</returns>
    public double Step(int step)
    {
        var rate = schedule.At(step);
        Steps++;
        foreach (var moment in moments)
            moment.Step(rate, settings, Steps, gradientFactor);
        return rate;
    }

    public void Write(TrainingSnapshot snapshot)
    {
        snapshot.Counts["optimizer.steps"] = Steps;
        for (var i = 0; i < moments.Length; i++)
        {
            snapshot.Add($"optimizer.{i}.mean", moments[i].Mean);
            snapshot.Add($"optimizer.{i}.square", moments[i].Square);
        }
    }

    public void Read(TrainingSnapshot snapshot)
    {
        Steps = snapshot.Count("optimizer.steps");
        for (var i = 0; i < moments.Length; i++)
        {
            snapshot.Restore($"optimizer.{i}.mean", moments[i].Mean);
            snapshot.Restore($"optimizer.{i}.square", moments[i].Square);
        }
    }

    public void Dispose()
    {
        ClearGradients();                                        // they take as much memory as the weights
        foreach (var moment in moments)
            moment.Dispose();
    }
}
