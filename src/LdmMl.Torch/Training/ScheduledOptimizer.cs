using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Parameters, the optimiser that moves them, and the rate at which it does.</summary>
internal sealed class ScheduledOptimizer : IDisposable
{
    private readonly Parameter[] parameters;
    private readonly optim.Optimizer optimizer;
    private readonly LearningRateSchedule schedule;
    private readonly double? clipNorm;

    /// <summary>Makes the optimiser: Adam, with decoupled weight decay where it is not 0.</summary>
    /// <param name="weights">What it moves.</param>
    /// <param name="scale">A further parameter that does not decay; null for none.</param>
    /// <param name="settings">How it moves them.</param>
    /// <param name="schedule">How fast, step by step.</param>
    public ScheduledOptimizer(IEnumerable<Parameter> weights, Parameter? scale, OptimizerSettings settings, LearningRateSchedule schedule)
    {
        this.schedule = schedule;
        clipNorm = settings.ClipNorm;
        var decaying = weights.ToArray();
        parameters = scale is null ? decaying : [.. decaying, scale];
        var groups = new List<AdamW.ParamGroup> { Group(decaying, settings.WeightDecay) };
        if (scale is not null)
            groups.Add(Group([scale], weightDecay: 0));

        // Its state is made here, outside every step's scope, and lives as long as this object.
        optimizer = optim.AdamW(groups, beta1: settings.Beta1, beta2: settings.Beta2);

        AdamW.ParamGroup Group(Parameter[] members, double weightDecay) =>
            new(members, lr: schedule.At(1), beta1: settings.Beta1, beta2: settings.Beta2, weight_decay: weightDecay);
    }

    /// <summary>Frees the gradients; a backward pass makes new ones.</summary>
    public void ClearGradients()
    {
        foreach (var parameter in parameters)
            parameter.grad = null;
    }

    /// <summary>Scales the gradients down to the largest norm, where there is one.</summary>
    /// <returns>Their norm before; not finite where a gradient is not.</returns>
    public double Clip() => GradientNorms.Clip(parameters, clipNorm);

    /// <summary>Moves the parameters along their gradients.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <returns>The learning rate.</returns>
    public double Step(int step)
    {
        var rate = schedule.At(step);
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = rate;
        optimizer.step();
        return rate;
    }

    public void Dispose()
    {
        ClearGradients();                                        // they take as much memory as the weights
        optimizer.Dispose();
    }
}
